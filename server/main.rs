//! The program: reads the command line and the configuration, and hands over. Exit codes: 0 done,
//! 1 something is not as it has to be, 2 what was typed makes no sense, 3 set up already.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use deskbell::cli::run::{self, Said, Tools};
use deskbell::cli::{Cli, Command};
use deskbell::config::{Config, Environment};
use deskbell::telemetry;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Fails only if somebody was first, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let config = match Config::load(&cli.settings, &Environment::of_process()) {
        Ok(config) => config,
        Err(problems) if matches!(cli.command(), Command::Doctor(_)) => return tell(&run::doctor_problems(&problems)),
        Err(problems) => return fail(&problems.to_string(), 1),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return fail(&format!("Deskbell cannot start its threads: {why}."), 1),
    };
    match cli.command() {
        Command::Serve => match telemetry::start(&config.log, config.log_format) {
            Ok(()) => runtime.block_on(serve(config)),
            Err(why) => fail(&format!("Deskbell cannot start its log: {why}."), 1),
        },
        command => match runtime.block_on(run::run(command, &config, &Tools::of_machine())) {
            Ok(said) => tell(&said),
            Err(failure) => fail(&failure.message, failure.exit),
        },
    }
}

async fn serve(config: Config) -> ExitCode {
    match deskbell::app::serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => fail(&format!("Deskbell does not start: {why}."), 1),
    }
}

fn tell(said: &Said) -> ExitCode {
    if !said.out.is_empty() && writeln!(std::io::stdout(), "{}", said.out).is_err() {
        return ExitCode::FAILURE;
    }
    if !said.note.is_empty() {
        eprintln!("{}", said.note);
    }
    ExitCode::from(said.exit)
}

fn fail(message: &str, code: u8) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(code)
}
