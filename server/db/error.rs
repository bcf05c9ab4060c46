//! What can go wrong below the domain.

use std::sync::Arc;

use super::Constraint;

/// A failure of the database or of the write path. None of these texts reaches a visitor: they see
/// that the server is busy or that something broke here; the log has the cause.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A named constraint refused the row.
    #[error("constraint {0:?}")]
    Constraint(Constraint),
    /// The database said no for another reason.
    #[error("database: {0}")]
    Sqlx(Arc<sqlx::Error>),
    /// The writer's queue is full, or the pool had no connection in time.
    #[error("the database is busy")]
    Busy,
    /// The operation waited or ran longer than it may; nothing of it was stored.
    #[error("deadline exceeded in {0}")]
    Deadline(&'static str),
    /// The operation panicked; nothing of it was stored.
    #[error("panic in {0}")]
    Panicked(&'static str),
    /// The whole transaction was lost with this operation in it; nothing of it was stored.
    #[error("transaction lost: {0}")]
    BatchLost(Arc<str>),
    /// The writer has stopped.
    #[error("the writer has stopped")]
    Stopped,
    /// What was to be locked had changed by then: the transaction is begun again.
    #[error("changed while it was being locked")]
    Moved,
    /// A row makes no sense.
    #[error("inconsistent row in {0}")]
    Inconsistent(&'static str),
}

impl Error {
    /// Whether the same operation may succeed a little later.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Busy | Self::Deadline(_) | Self::BatchLost(_) | Self::Stopped | Self::Sqlx(_) | Self::Moved => true,
            Self::Constraint(_) | Self::Panicked(_) | Self::Inconsistent(_) => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let Some(constraint) = Constraint::of(&error) {
            return Self::Constraint(constraint);
        }
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::PoolClosed => Self::Stopped,
            other => Self::Sqlx(Arc::new(other)),
        }
    }
}

impl Error {
    /// Whether the transaction may be begun again at once: PostgreSQL broke a deadlock or a
    /// serialization with this (SQLSTATE 40001, 40P01), or a row had moved.
    pub fn is_serialization(&self) -> bool {
        if matches!(self, Self::Moved) {
            return true;
        }
        let Self::Sqlx(error) = self else { return false };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        matches!(code.as_deref(), Some("40001" | "40P01"))
    }
}
