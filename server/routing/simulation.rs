//! A day on the floor, by a clock that is held and dice that are known: visitors come at random, agents
//! answer, take breaks, walk away without a word, lose their connection, and change shifts. Everything
//! goes through the functions that serve real people.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::estimate::Forecast;
use super::floor::Floor;
use crate::agents::{AgentState, Role};
use crate::clock::Random;
use crate::conversations::list_store::{self, Viewer};
use crate::conversations::{ActingAgent, Conversation, State, line_store};
use crate::ids::{AgentId, ConversationId};
use crate::live::owning::Owning;
use crate::live::protocol::WaitRange;
use crate::testing::{Folder, TestDb};
use crate::views::View;

/// Seconds between two looks at the floor.
const STEP_S: u64 = 5;
/// How long visitors come; afterwards the floor is cleared.
const HOURS: u64 = 6;
/// The mean pause between two visitors, in seconds: about as many as the floor can serve.
const EVERY_S: f64 = 46.0;
/// The mean length of a chat, in seconds.
const TALK_S: f64 = 380.0;
/// Of how many chats one is not answered by whom it was given to.
const IGNORED_OF: u64 = 25;

/// Throws of the dice.
struct Dice(Random);

impl Dice {
    fn below(&self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end
    }

    /// An exponentially distributed time.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a simulation"
    )]
    fn pause(&self, mean_s: f64) -> u64 {
        let share = (self.below(1 << 53) + 1) as f64 / (1_u64 << 53) as f64;
        (-share.ln() * mean_s).ceil() as u64
    }
}

/// An agent's day.
struct Shift {
    agent: ActingAgent,
    /// Seconds from the start.
    from: u64,
    until: u64,
    here: bool,
    /// Until when they are on a break, and whether they said so.
    back_at: Option<u64>,
}

/// A chat on the floor.
#[derive(Default)]
struct Chat {
    came: u64,
    promised: Option<WaitRange>,
    served: Option<u64>,
    /// What its owner is going to do with it.
    plan: Option<Plan>,
}

/// What an owner does with a chat in this epoch.
struct Plan {
    owner: AgentId,
    epoch: i64,
    /// When they answer and when they close; none: they never look.
    times: Option<(u64, u64)>,
}

struct Day<'t> {
    floor: Floor<'t>,
    dice: Dice,
    shifts: Vec<Shift>,
    chats: BTreeMap<ConversationId, Chat>,
    now: u64,
}

impl Day<'_> {
    fn agents_here(&self) -> Vec<ActingAgent> {
        self.shifts.iter().filter(|shift| shift.here).map(|shift| shift.agent.clone()).collect()
    }

    /// Shifts begin and end; some take a break and say so, some only walk away.
    async fn people_come_and_go(&mut self) {
        for n in 0..self.shifts.len() {
            let (from, until, here, back_at) =
                (self.shifts[n].from, self.shifts[n].until, self.shifts[n].here, self.shifts[n].back_at);
            let agent = self.shifts[n].agent.clone();
            if !here && back_at.is_none() && (from..until).contains(&self.now) {
                self.floor.chooses(&agent, AgentState::Online).await;
                self.shifts[n].here = true;
            } else if here && self.now + 600 >= until && self.now < until {
                self.floor.chooses(&agent, AgentState::Draining).await;
            } else if self.now >= until && (here || back_at.is_some()) {
                self.floor.chooses(&agent, AgentState::Offline).await;
                (self.shifts[n].here, self.shifts[n].back_at) = (false, None);
            } else if back_at.is_some_and(|at| self.now >= at) {
                self.floor.chooses(&agent, AgentState::Online).await;
                (self.shifts[n].here, self.shifts[n].back_at) = (true, None);
            } else if here && self.dice.below(1_500) == 0 {
                self.shifts[n].back_at = Some(self.now + 300 + self.dice.below(600));
                match self.dice.below(3) {
                    0 => self.shifts[n].here = false,
                    _ => self.floor.chooses(&agent, AgentState::Away).await,
                }
            }
        }
    }

    /// A visitor comes; what they are told of their wait is kept.
    async fn somebody_comes(&mut self) {
        let number = u32::try_from(self.chats.len() + 1).expect("it fits");
        let id = self.floor.says(number).await;
        let mut chat = Chat { came: self.now, ..Chat::default() };
        if self.floor.sees(id).await.state == State::Queued {
            let (ws, queue) = (self.floor.ws(), self.floor.desk.queue_id);
            let mut conn = self.floor.test.db.read().await.expect("a connection");
            let line = line_store::first(conn.conn(), ws, queue, 1_000).await.expect("a line");
            let place = line.iter().position(|waiting| *waiting == id).expect("in line") + 1;
            let now = self.floor.test.clock.now();
            chat.promised = Forecast::read(conn.conn(), ws, queue, now, None).await.expect("read").wait(place);
        }
        self.chats.insert(id, chat);
    }

    /// Every chat that is not over.
    async fn open(&self) -> Vec<Conversation> {
        let viewer = Viewer { workspace_id: self.floor.ws(), agent_id: self.floor.desk.owner_id, role: Role::Owner };
        let mut conn = self.floor.test.db.read().await.expect("a connection");
        list_store::list(conn.conn(), viewer, &View::All, 10_000, self.floor.test.clock.now()).await.expect("read")
    }

    /// Agents answer and close what they have, unless they are not there or do not look.
    async fn agents_work(&mut self) {
        let here: HashMap<AgentId, ActingAgent> = self
            .shifts
            .iter()
            .filter(|s| s.here && s.back_at.is_none())
            .map(|s| (s.agent.id, s.agent.clone()))
            .collect();
        for found in self.open().await {
            let id = found.id;
            let Some(chat) = self.chats.get_mut(&id) else { continue };
            let Some(owner) = found.owner_agent_id.filter(|_| found.state == State::Assigned) else { continue };
            chat.served.get_or_insert(self.now);
            if chat.plan.as_ref().is_none_or(|plan| (plan.owner, plan.epoch) != (owner, found.epoch)) {
                let answer = self.now + 5 + self.dice.pause(12.0).min(40);
                // Whom nobody keeps waiting nobody forgets.
                let looks = self.dice.below(IGNORED_OF) != 0 || found.waiting_since.is_none();
                let end = answer + self.dice.pause(TALK_S).clamp(20, 3_000);
                chat.plan = Some(Plan { owner, epoch: found.epoch, times: looks.then_some((answer, end)) });
            }
            let times = chat.plan.as_ref().and_then(|plan| plan.times);
            let (Some(agent), Some((answer, end))) = (here.get(&owner), times) else { continue };
            if self.now >= answer && found.waiting_since.is_some() {
                self.floor.answers(agent, id).await;
            }
            if self.now >= end {
                self.floor.does(agent, id, Owning::Close).await;
            }
        }
    }

    /// In no committed state does somebody wait while somebody has room.
    async fn nobody_waits_for_nothing(&self) {
        let now = self.floor.test.clock.now().millis();
        let stranded = format!(
            "SELECT count(*) FROM conversations c WHERE c.state = 'queued' AND c.passed_over IS NULL AND EXISTS \
             (SELECT 1 FROM queue_agents qa JOIN agents a ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id \
             WHERE qa.queue_id = c.queue_id AND a.state = 'online' AND a.lease_until > {now} AND a.load < a.capacity)"
        );
        assert_eq!(self.floor.test.number(&stranded).await, 0, "at {} s somebody waits for nothing", self.now);
        let over = "SELECT count(*) FROM agents WHERE load > capacity";
        assert_eq!(self.floor.test.number(over).await, 0, "at {} s somebody is above their capacity", self.now);
    }

    async fn step(&mut self, arrivals: usize) {
        self.floor.test.clock.advance(Duration::from_secs(STEP_S));
        self.now += STEP_S;
        self.people_come_and_go().await;
        let here = self.agents_here();
        self.floor.live(&here.iter().collect::<Vec<_>>()).await;
        self.floor.due().await;
        self.nobody_waits_for_nothing().await;
        for _ in 0..arrivals {
            self.somebody_comes().await;
            self.nobody_waits_for_nothing().await;
        }
        self.agents_work().await;
        self.nobody_waits_for_nothing().await;
    }

    async fn closed(&self) -> i64 {
        self.floor.test.number("SELECT count(*) FROM conversations WHERE state = 'closed'").await
    }
}

async fn a_day(test: &TestDb, seed: u64) -> (usize, usize) {
    let floor = Floor::open(test).await;
    let dice = Dice(Random::seeded(seed));
    let mut shifts = Vec::new();
    let hour = 3_600;
    for (name, from, until) in [
        ("bo", 0, 3 * hour),
        ("cy", 0, 3 * hour),
        ("di", 0, 4 * hour),
        ("ed", 2 * hour, 9 * hour),
        ("fay", 3 * hour, 9 * hour),
        ("gus", 3 * hour, 9 * hour),
        ("hal", 4 * hour, 9 * hour),
    ] {
        let agent = floor.hires(name, 3).await;
        floor.chooses(&agent, AgentState::Offline).await;
        shifts.push(Shift { agent, from, until, here: false, back_at: None });
    }
    let mut day = Day { floor, dice, shifts, chats: BTreeMap::new(), now: 0 };
    let mut next = day.dice.pause(EVERY_S);
    while day.now < HOURS * hour {
        let mut arrivals = 0;
        while next <= day.now + STEP_S {
            arrivals += 1;
            next += day.dice.pause(EVERY_S);
        }
        day.step(arrivals).await;
    }
    let all = i64::try_from(day.chats.len()).expect("it fits");
    for _ in 0..1_440 {
        if day.closed().await == all {
            break;
        }
        day.step(0).await;
    }
    assert_eq!(day.closed().await, all, "nobody is stranded, seed {seed}");
    day.floor.is_in_order().await;
    let told = |chat: &Chat| Some((chat.promised.clone()?, chat.served? - chat.came));
    let promised: Vec<(WaitRange, u64)> = day.chats.values().filter_map(told).collect();
    let kept = promised.iter().filter(|(range, waited)| (range.low..=range.high).contains(waited)).count();
    let early = promised.iter().filter(|(range, waited)| *waited < range.low).count();
    let promised = promised.len();
    println!("seed {seed}: {all} chats, {promised} were told a wait, {kept} waited as long, {early} less");
    (kept, promised)
}

#[tokio::test]
async fn a_day_strands_nobody_and_waits_are_as_promised() {
    let (mut kept, mut promised) = (0, 0);
    for seed in [1, 2, 3] {
        let folder = Folder::new();
        let url = crate::config::DatabaseUrl::Sqlite(crate::db::sqlite_file(&folder.0));
        let test = TestDb::open(&url).await;
        let (this_kept, this_promised) = a_day(&test, seed).await;
        (kept, promised) = (kept + this_kept, promised + this_promised);
        test.close().await;
    }
    println!("waits within the promised range: {} of {promised}, {} %", kept, kept * 100 / promised.max(1));
    assert!(promised >= 100, "enough waited: {promised}");
    assert!(kept * 100 >= promised * 75, "{kept} of {promised} promises held");
}
