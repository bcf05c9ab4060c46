//! Waking many sessions at once.
//!
//! Whoever publishes runs on another thread than the sessions. To wake a task across threads costs a
//! system call and, worse, often the processor: the woken thread runs at once, finds one frame, and
//! sleeps again, a few hundred times a commit. So while changes are handed on, wakers are only
//! gathered, and at the end each thread of sessions gets its own in one message and wakes them itself.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use tokio::sync::mpsc;

/// A thread that runs sessions.
#[derive(Clone)]
pub struct Home {
    id: usize,
    /// Not bounded by itself: a session waits with one waker, so there are at most as many as sessions.
    wakers: mpsc::UnboundedSender<Vec<Waker>>,
}

type Gathered = HashMap<usize, (Home, Vec<Waker>)>;

thread_local! {
    static HERE: OnceCell<Home> = const { OnceCell::new() };
    static GATHERED: RefCell<Option<Gathered>> = const { RefCell::new(None) };
}

static NEXT: AtomicUsize = AtomicUsize::new(0);

impl Home {
    /// This thread, which has to be one of the HTTP server's.
    pub fn here() -> Self {
        HERE.with(|here| here.get_or_init(Self::settle).clone())
    }

    fn settle() -> Self {
        let (wakers, mut waiting) = mpsc::unbounded_channel::<Vec<Waker>>();
        actix_web::rt::spawn(async move {
            while let Some(wakers) = waiting.recv().await {
                wakers.into_iter().for_each(Waker::wake);
            }
        });
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), wakers }
    }
}

/// Wakes a task of that thread: now, or at the end of [`together`].
pub fn wake(home: &Home, waker: Waker) {
    let unkept = GATHERED.with_borrow_mut(|gathered| match gathered {
        Some(gathered) => {
            gathered.entry(home.id).or_insert_with(|| (home.clone(), Vec::new())).1.push(waker);
            None
        }
        None => Some(waker),
    });
    // Not while the gathered ones are borrowed: waking may run anything.
    if let Some(waker) = unkept {
        waker.wake();
    }
}

/// Runs something that wakes many sessions.
pub fn together(work: impl FnOnce()) {
    /// Sends what was gathered, also if the work panics.
    struct Send;
    impl Drop for Send {
        fn drop(&mut self) {
            let gathered = GATHERED.with_borrow_mut(Option::take).unwrap_or_default();
            for (home, wakers) in gathered.into_values() {
                // A thread that has ended has no tasks to wake; the others lose nothing.
                if let Err(unsent) = home.wakers.send(wakers) {
                    unsent.0.into_iter().for_each(Waker::wake);
                }
            }
        }
    }
    GATHERED.set(Some(Gathered::new()));
    let _send = Send;
    work();
}
