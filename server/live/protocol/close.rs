//! Every close code, in one place. The range tells the client what to do:
//! 4000 to 4099 reconnect at once, 4100 to 4199 with backoff, 4200 to 4299 do not reconnect.
//! 1000 to 1015 mean what RFC 6455 section 7.4.1 says.

/// Why the server closes a live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The client said goodbye.
    Normal,
    /// A frame that breaks RFC 6455.
    Protocol,
    /// A binary frame; this protocol is text.
    Unsupported,
    /// A text frame that is not UTF-8.
    NotUtf8,
    /// A frame over [`super::MAX_FRAME_BYTES`].
    TooBig,
    /// Something broke here; the log says what.
    Internal,
    /// The server restarts; come back after the jittered pause that `reconnect` named.
    Restart,
    /// No `hello` within its time.
    NoHello,
    /// Nothing was heard for too long: a half-open peer.
    Silent,
    /// The peer does not read what it is sent.
    SlowConsumer,
    /// Too many frames.
    Rate,
    /// This visitor was blocked, or this agent was disabled or signed out.
    Blocked,
    /// No such site.
    SiteUnknown,
    /// The token is malformed.
    TokenRefused,
}

impl CloseReason {
    /// All of them, for the documents' test.
    pub const ALL: [Self; 14] = [
        Self::Normal,
        Self::Protocol,
        Self::Unsupported,
        Self::NotUtf8,
        Self::TooBig,
        Self::Internal,
        Self::Restart,
        Self::NoHello,
        Self::Silent,
        Self::SlowConsumer,
        Self::Rate,
        Self::Blocked,
        Self::SiteUnknown,
        Self::TokenRefused,
    ];

    /// The WebSocket close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::Protocol => 1002,
            Self::Unsupported => 1003,
            Self::NotUtf8 => 1007,
            Self::TooBig => 1009,
            Self::Internal => 1011,
            Self::Restart => 1012,
            Self::NoHello => 4100,
            Self::Silent => 4001,
            Self::SlowConsumer => 4101,
            Self::Rate => 4102,
            Self::Blocked => 4200,
            Self::SiteUnknown => 4201,
            Self::TokenRefused => 4202,
        }
    }

    /// The reason as text, at most 123 bytes (RFC 6455 section 5.5).
    pub const fn text(self) -> &'static str {
        match self {
            Self::Normal => "bye",
            Self::Protocol => "protocol error",
            Self::Unsupported => "text frames only",
            Self::NotUtf8 => "not UTF-8",
            Self::TooBig => "frame over 64 KiB",
            Self::Internal => "internal error",
            Self::Restart => "restarting",
            Self::NoHello => "no hello",
            Self::Silent => "nothing heard",
            Self::SlowConsumer => "slow consumer",
            Self::Rate => "too many frames",
            Self::Blocked => "signed out or blocked",
            Self::SiteUnknown => "site unknown",
            Self::TokenRefused => "token refused",
        }
    }
}
