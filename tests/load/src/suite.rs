//! The order of events. Every server gets its turn in every round, in another order each time, with
//! a fresh process and a fresh database, so that a drift of the machine hits all alike.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::runtime::Builder;

use crate::{
    Result,
    args::{Args, Part},
    client::fresh_seed,
    machine::{self, Cores, Placement},
    measure::{self, Delivery, Figures, Throughput},
    report::{Results, Sample, What},
    server::{Kind, Prepared, Programs, Server},
};

/// How long the disk is measured each time.
const DISK_TIME: Duration = Duration::from_secs(2);
/// Conversations in the database that servers are started on.
const EXISTING: usize = 1000;

/// All measurements that were asked for.
pub fn run(args: &Args, programs: &Programs, folder: &Path) -> Result<Results> {
    let mut suite = Suite { args, programs, folder, results: Results::default() };
    let pinned = Placement::pinned()?;
    if pinned.is_none() {
        eprintln!("one core: server and client share it");
    }
    let placement = match pinned {
        Some(placement) => placement,
        None => Placement::free()?,
    };
    for round in 0..args.rounds {
        suite.disk(round)?;
        suite.speed(round, &placement, true)?;
        suite.crowds(round, &placement)?;
    }
    suite.starts()?;
    suite.speed(0, &Placement::free()?, false)?;
    Ok(suite.results)
}

struct Suite<'a> {
    args: &'a Args,
    programs: &'a Programs,
    folder: &'a Path,
    results: Results,
}

impl Suite<'_> {
    fn disk(&mut self, round: usize) -> Result<()> {
        if self.args.wants(Part::Disk) {
            let rate = machine::syncs_per_second(self.folder, DISK_TIME)?;
            eprintln!("round {}: the disk syncs {rate:.0} times a second", round + 1);
            self.results.disk.push(rate);
        }
        Ok(())
    }

    /// Throughput and delivery.
    fn speed(&mut self, round: usize, placement: &Placement, pinned: bool) -> Result<()> {
        let args = self.args;
        if args.wants(Part::Throughput) {
            for window in args.windows.iter().copied() {
                let plan = Throughput {
                    conversations: args.conversations,
                    window,
                    warm_up: args.warm_up(),
                    time: args.time(),
                };
                self.in_turns(round, placement, What::Throughput { window, pinned }, |suite, kind| {
                    suite.throughput(kind, placement, plan)
                })?;
            }
        }
        if args.wants(Part::Delivery) {
            for per_second in args.rates.iter().copied() {
                let plan = Delivery {
                    conversations: args.delivery_conversations,
                    per_second,
                    warm_up: args.warm_up(),
                    time: args.time(),
                };
                self.in_turns(round, placement, What::Delivery { per_second, pinned }, |suite, kind| {
                    suite.with_server(kind, placement, |server| load(measure::deliver(server, plan)))
                })?;
            }
        }
        Ok(())
    }

    /// Memory and the storm.
    fn crowds(&mut self, round: usize, placement: &Placement) -> Result<()> {
        let visitors = self.args.visitors;
        if self.args.wants(Part::Memory) {
            self.in_turns(round, placement, What::Memory, |suite, kind| {
                suite.with_server(kind, placement, |server| load(measure::resident(server, visitors)))
            })?;
        }
        if self.args.wants(Part::Storm) {
            self.in_turns(round, placement, What::Storm, |suite, kind| suite.storm(kind, placement, visitors))?;
        }
        if self.args.wants(Part::Inbox) && self.args.servers.contains(&Kind::Deskbell) {
            let consoles = self.args.consoles;
            let outcome = {
                let _on_the_clients_core = placement.enter()?;
                self.with_server(Kind::Deskbell, placement, |server| load(measure::inbox(server, visitors, consoles)))
            };
            self.note(What::Inbox, Kind::Deskbell, round, outcome);
        }
        Ok(())
    }

    /// Starts on an existing database, on all cores as a real start would be.
    fn starts(&mut self) -> Result<()> {
        if !self.args.wants(Part::Start) {
            return Ok(());
        }
        let mut existing = Vec::new();
        for kind in self.args.servers.iter().copied() {
            match self.filled(kind) {
                Ok(prepared) => existing.push((kind, prepared)),
                Err(error) => self.note(What::Start, kind, 0, Err(error)),
            }
        }
        for round in 0..self.args.starts {
            for (kind, prepared) in &existing {
                self.note(What::Start, *kind, round, start(prepared));
            }
        }
        existing.into_iter().try_for_each(|(_, prepared)| prepared.remove())
    }

    /// A database with some conversations in it, and its server stopped.
    fn filled(&self, kind: Kind) -> Result<Prepared> {
        let prepared = self.prepare(kind)?;
        let server = prepared.start(&Cores::ALL)?;
        load(async { Ok(measure::seed(&server.target, fresh_seed(), EXISTING).await?) })?;
        server.process.stop()?;
        Ok(prepared)
    }

    /// Keeps what came out. A server that fails loses this turn, not the run.
    fn note(&mut self, what: What, kind: Kind, round: usize, outcome: Result<Figures>) {
        let turn = format!("round {}: {what}, {}", round + 1, kind.title());
        match outcome {
            Ok(figures) => {
                eprintln!("{turn}: {figures:.3?}");
                self.results.samples.push(Sample { what, kind, round, figures });
            }
            Err(error) => {
                eprintln!("{turn}: FAILED: {error}");
                self.results.failures.push(format!("{turn}: {error}"));
            }
        }
    }

    /// Gives every server its turn; who begins changes with the round.
    fn in_turns(
        &mut self,
        round: usize,
        placement: &Placement,
        what: What,
        turn: impl Fn(&Self, Kind) -> Result<Figures>,
    ) -> Result<()> {
        let mut kinds = self.args.servers.clone();
        let first = round % kinds.len().max(1);
        kinds.rotate_left(first);
        for kind in kinds {
            let outcome = {
                let _on_the_clients_core = placement.enter()?;
                turn(self, kind)
            };
            self.note(what, kind, round, outcome);
        }
        Ok(())
    }

    /// The closed loop, and then the proof that what was acknowledged is in the database.
    fn throughput(&self, kind: Kind, placement: &Placement, plan: Throughput) -> Result<Figures> {
        let prepared = self.prepare(kind)?;
        let server = prepared.start(&placement.server)?;
        let mut figures = load(measure::send(&server, plan))?;
        server.process.stop()?;
        let stored = load(prepared.stored())? as f64;
        if figures.get("acknowledged").is_some_and(|acknowledged| stored < *acknowledged) {
            return Err(format!("acknowledged messages are missing: {stored} stored, {figures:?}").into());
        }
        figures.insert("stored", stored);
        prepared.remove()?;
        Ok(figures)
    }

    /// Fills a database, starts the server anew, and lets everybody come back.
    fn storm(&self, kind: Kind, placement: &Placement, visitors: usize) -> Result<Figures> {
        let seed = fresh_seed();
        let prepared = self.prepare(kind)?;
        let server = prepared.start(&placement.server)?;
        load(async { Ok(measure::seed(&server.target, seed, visitors).await?) })?;
        server.process.stop()?;
        let server = prepared.start(&placement.server)?;
        let figures = load(measure::storm(&server, seed, visitors))?;
        server.process.stop()?;
        prepared.remove()?;
        Ok(figures)
    }

    fn with_server(
        &self,
        kind: Kind,
        placement: &Placement,
        work: impl FnOnce(&Server) -> Result<Figures>,
    ) -> Result<Figures> {
        let prepared = self.prepare(kind)?;
        let server = prepared.start(&placement.server)?;
        let figures = work(&server)?;
        server.process.stop()?;
        prepared.remove()?;
        Ok(figures)
    }

    fn prepare(&self, kind: Kind) -> Result<Prepared> {
        let folder: PathBuf = self.folder.join(kind.name());
        Prepared::new(kind, self.programs, folder)
    }
}

/// One start and stop.
fn start(prepared: &Prepared) -> Result<Figures> {
    let server = prepared.start(&Cores::ALL)?;
    let figures = Figures::from([("start_ms", server.process.started_in.as_secs_f64() * 1e3)]);
    server.process.stop()?;
    Ok(figures)
}

/// Runs one load. One thread makes it (a second one only keeps the pace of the open loop), and when it
/// ends, all its connections end.
fn load<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    Builder::new_current_thread().enable_all().build()?.block_on(work)
}
