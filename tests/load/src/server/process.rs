//! One server process: started on its cores, ready when it says so, measured by /proc, stopped by
//! SIGTERM. It is killed if the benchmark ends early.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use crate::{Result, machine::Cores};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The line that says where the server listens.
const READY: &str = "listening on http://";
/// Clock ticks a second in /proc/PID/stat, on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// A running server.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process until its line.
    pub started_in: Duration,
}

/// What the server used of its cores so far, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CpuTime(pub f64);

impl Process {
    /// Starts a program and waits until it listens. What it prints goes to `log`.
    pub fn start(mut command: Command, cores: &Cores, log: &Path) -> Result<Self> {
        cores.apply(&mut command);
        let log = Arc::new(Mutex::new(File::options().create(true).append(true).open(log)?));
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (found, listening) = mpsc::channel();
        watch(child.stdout.take(), found.clone(), log.clone());
        watch(child.stderr.take(), found, log);
        match wait(&listening) {
            Ok((address, at)) => Ok(Self { child, address, started_in: at - began }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Resident memory in KiB.
    pub fn resident_kib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }

    /// Processor time of all its threads, user and system.
    pub fn cpu(&self) -> Result<CpuTime> {
        cpu_of(&self.child.id().to_string())
    }

    /// SIGTERM, and SIGKILL if that does not end it.
    pub fn stop(mut self) -> Result<()> {
        let signal = format!("kill -TERM {}", self.child.id());
        Command::new("sh").args(["-c", &signal]).status()?;
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err("the server did not stop after SIGTERM".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

impl CpuTime {
    /// What this process itself used.
    pub fn of_self() -> Result<Self> {
        cpu_of("self")
    }

    /// Seconds since an earlier reading.
    pub fn since(self, earlier: Self) -> f64 {
        self.0 - earlier.0
    }
}

fn cpu_of(process: &str) -> Result<CpuTime> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name may hold spaces; what follows its bracket does not. utime and stime are fields 14 and 15.
    let fields = stat.rsplit_once(')').ok_or("no stat")?.1;
    let ticks: f64 =
        fields.split_ascii_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(CpuTime(ticks / TICKS))
}

fn end(child: &mut Child) {
    let _ended_already = child.kill();
    let _status = child.wait();
}

type Found = (SocketAddr, Instant);

/// Copies a stream to the log and reports the address in it.
fn watch(stream: Option<impl Read + Send + 'static>, found: Sender<Found>, log: Arc<Mutex<File>>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(std::io::Result::ok) {
            if let Some(address) = address_in(&line) {
                let _nobody_waits = found.send((address, Instant::now()));
            }
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            let _disk_full = writeln!(log, "{line}");
        }
    });
}

fn wait(listening: &Receiver<Found>) -> Result<Found> {
    listening.recv_timeout(PATIENCE).map_err(|error| match error {
        RecvTimeoutError::Timeout => format!("the server did not say '{READY}' in {PATIENCE:?}").into(),
        RecvTimeoutError::Disconnected => "the server ended before it listened".into(),
    })
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(READY)?;
    let end = rest.find(|character: char| !matches!(character, '0'..='9' | '.' | ':')).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_plain_and_in_structured_lines() {
        let address = Some("127.0.0.1:8080".parse().unwrap());
        assert_eq!(address_in("listening on http://127.0.0.1:8080"), address);
        assert_eq!(address_in(r#"{"message":"listening on http://127.0.0.1:8080","level":"INFO"}"#), address);
        assert_eq!(address_in("nothing yet"), None);
    }

    #[test]
    fn processor_time_of_this_process_can_be_read() {
        assert!(CpuTime::of_self().unwrap().0 >= 0.0);
    }
}
