//! The log: set up once, on stderr, as lines or as JSON. What people write, mail addresses, network
//! addresses and tokens never go there; fields name things by their ids.

use std::backtrace::Backtrace;
use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// The log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("the log filter is not valid: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// A second call in one process.
    #[error("the log is set up already")]
    Twice,
}

/// Starts the log with this filter and form, and lets panics go through it.
///
/// # Errors
/// The filter is malformed ([`crate::config`] lets none such through), or the log runs already.
pub fn start(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(filter)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).finish().try_init(),
    };
    started.map_err(|_| TelemetryError::Twice)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Logs where it panicked. A message that was put together at run time may quote what somebody
/// wrote (a `str` cut inside a character does), so it is shown at `debug` only.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let current = std::thread::current();
    let thread = current.name().unwrap_or("unnamed");
    let literal = literal_message(panic).unwrap_or("withheld; --log debug shows it");
    let backtrace = Backtrace::capture();
    tracing::error!(location, thread, reason = literal, "panic");
    tracing::debug!(location, message = panic.payload_as_str().unwrap_or("not text"), "what the panic said");
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        tracing::error!(location, "backtrace of the panic:\n{backtrace}");
    }
}

/// The message, if it is a literal of the program: that quotes nobody.
fn literal_message<'a>(panic: &'a PanicHookInfo<'_>) -> Option<&'a str> {
    panic.payload().downcast_ref::<&'static str>().copied()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("unpoisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What the log holds at `filter` after `work` has panicked.
    fn log_of_panic(filter: &str, work: fn()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::builder().parse(filter).expect("a filter"))
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let caught = std::panic::catch_unwind(work);
            assert!(caught.is_err());
        });
        let bytes = written.0.lock().expect("unpoisoned").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn a_panic_is_logged_with_its_place_and_without_what_people_wrote() {
        // The hook is the process's: other tests that panic meanwhile are only logged elsewhere.
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let cut = || {
            let text = std::hint::black_box("é my secret words");
            let _ = std::hint::black_box(&text[1..]);
        };
        let (info, debug) = (log_of_panic("info", cut), log_of_panic("debug", cut));
        let literal = log_of_panic("info", || panic!("a literal"));
        std::panic::set_hook(before);
        assert!(info.contains("ERROR") && info.contains("telemetry.rs") && info.contains("withheld"), "{info}");
        assert!(!info.contains("secret words"), "{info}");
        assert!(debug.contains("secret words"), "{debug}");
        assert!(literal.contains("a literal"), "{literal}");
    }
}
