//! The machine: who runs on which core, how many files may be open, how fast the disk syncs.

use std::{
    fs::File,
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::Result;

/// The cores that a process may use, as `taskset` writes them; none for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cores(Option<String>);

impl Cores {
    pub const ALL: Self = Self(None);

    /// Makes a command start on these cores.
    pub fn apply(&self, command: &mut Command) {
        let Some(cores) = &self.0 else { return };
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", cores]).arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            pinned.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => pinned.env(name, value),
                None => pinned.env_remove(name),
            };
        }
        *command = pinned;
    }
}

/// Which cores the servers and the load generator get.
#[derive(Debug, Clone)]
pub struct Placement {
    pub server: Cores,
    client: Cores,
    /// All that there are.
    everything: String,
}

impl Placement {
    /// Server and client on a core each; `None` on a machine with one core.
    pub fn pinned() -> Result<Option<Self>> {
        let everything = allowed()?;
        let cores = each(&everything);
        Ok(match cores.as_slice() {
            [server, client, ..] => Some(Self {
                server: Cores(Some(server.to_string())),
                client: Cores(Some(client.to_string())),
                everything,
            }),
            _ => None,
        })
    }

    /// Everybody everywhere.
    pub fn free() -> Result<Self> {
        Ok(Self { server: Cores::ALL, client: Cores::ALL, everything: allowed()? })
    }

    /// Moves this process, all its threads, to the client's cores until the result is dropped.
    pub fn enter(&self) -> Result<Entered> {
        if let Some(core) = &self.client.0 {
            move_self(core)?;
        }
        Ok(Entered(self.everything.clone()))
    }
}

/// Moves this process back when dropped.
pub struct Entered(String);

impl Drop for Entered {
    fn drop(&mut self) {
        if let Err(error) = move_self(&self.0) {
            eprintln!("could not leave the client's core: {error}");
        }
    }
}

fn move_self(cores: &str) -> Result<()> {
    let process = std::process::id().to_string();
    let output = Command::new("taskset").args(["-a", "-c", "-p", cores, &process]).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}

/// As `Cpus_allowed_list` says it: `0-1` or `2,5-7`.
fn allowed() -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    Ok(line.ok_or("no Cpus_allowed_list")?.trim().to_owned())
}

fn each(list: &str) -> Vec<u32> {
    let ranges = list.split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?)
    });
    ranges.flatten().collect()
}

/// Lets this process and the servers it starts hold as many connections as the system permits.
pub fn raise_open_files(needed: usize) -> Result<()> {
    let process = format!("--pid={}", std::process::id());
    let _an_ordinary_user_may_not = Command::new("prlimit").args([&process, "--nofile=65536:65536"]).output()?;
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).ok_or("no limit of open files")?;
    let mut numbers = line.split_ascii_whitespace().map(|number| number.parse::<usize>().unwrap_or(usize::MAX));
    let (soft, hard) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if soft < hard.min(65536) {
        Command::new("prlimit").args([&process, &format!("--nofile={hard}:{hard}")]).output()?;
    }
    match soft.max(hard) {
        enough if enough >= needed => Ok(()),
        few => Err(format!("{few} open files are allowed, {needed} are needed: raise `ulimit -n`").into()),
    }
}

/// How often a second 4 KiB can be appended and synced in this folder.
pub fn syncs_per_second(folder: &Path, time: Duration) -> Result<f64> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let block = [0x5a; 4096];
    let began = Instant::now();
    let mut syncs = 0_u32;
    while began.elapsed() < time {
        file.write_all(&block)?;
        file.sync_data()?;
        syncs += 1;
    }
    let rate = f64::from(syncs) / began.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

/// One line about the machine, without names.
pub fn description() -> Result<String> {
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or_default();
    let kib: f64 = total.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default();
    let cores = each(&allowed()?).len();
    let system = std::env::consts::OS;
    Ok(format!("{cores} cores, {:.0} GiB of memory, {system} on {}", kib / 1024.0 / 1024.0, std::env::consts::ARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cores_is_read() {
        assert_eq!(each("0-1"), [0, 1]);
        assert_eq!(each("2,5-7"), [2, 5, 6, 7]);
    }
}
