//! Which mails an agent wants: of what happens while they are away, and of the day before. What nobody chose is
//! as everybody has it at first.

use serde::{Deserialize, Serialize};

use crate::agents::Role;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// A visitor waits too long, and nobody who serves the queue is there.
    Waiting,
    /// A note names the agent while they are away.
    Mention,
    /// The agent got a conversation while they are away.
    Assigned,
}

impl About {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Mention, Self::Assigned];

    /// As it stands in the table, in payloads and in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mention => "mention",
            Self::Assigned => "assigned",
        }
    }
}

/// The column `agents.mail_alerts`: what was chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// See [`About::Waiting`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<bool>,
    /// See [`About::Mention`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention: Option<bool>,
    /// See [`About::Assigned`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned: Option<bool>,
    /// The numbers of the day before, in the morning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<bool>,
}

impl Wishes {
    /// What is stored; what cannot be read is as if nobody had chosen.
    pub fn parse(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_default()
    }

    /// For the column.
    pub fn stored(self) -> String {
        serde_json::to_string(&self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Whether this is mailed: at first, everything of it.
    pub fn wants(self, about: About) -> bool {
        match about {
            About::Waiting => self.waiting,
            About::Mention => self.mention,
            About::Assigned => self.assigned,
        }
        .unwrap_or(true)
    }

    /// Whether the day's numbers are mailed: at first, to those who administer.
    pub fn wants_digest(self, role: Role) -> bool {
        self.digest.unwrap_or(role.administers())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_chose_is_as_everybody_has_it() {
        let none = Wishes::parse("{}");
        assert!(About::ALL.into_iter().all(|about| none.wants(about)));
        assert!(none.wants_digest(Role::Owner) && none.wants_digest(Role::Admin) && !none.wants_digest(Role::Agent));
        let chosen = Wishes { waiting: Some(false), digest: Some(true), ..Wishes::default() };
        assert_eq!(Wishes::parse(&chosen.stored()), chosen);
        assert!(!chosen.wants(About::Waiting) && chosen.wants(About::Mention) && chosen.wants_digest(Role::Agent));
        assert_eq!(Wishes::parse("nonsense"), Wishes::default());
        assert_eq!(Wishes::parse(r#"{"waiting": false, "later": 7}"#).waiting, Some(false), "from a newer program");
    }
}
