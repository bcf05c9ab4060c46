//! What is typed and what it means.

use super::*;
use crate::config::SETTINGS;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("deskbell").chain(line.split_whitespace()))
}

fn command(line: &str) -> Command {
    parse(line).expect("parses").command().clone()
}

#[test]
fn the_command_line_is_consistent_and_help_names_every_setting() {
    let mut cli = <Cli as clap::CommandFactory>::command();
    cli.clone().debug_assert();
    let help = cli.render_long_help().to_string();
    for setting in SETTINGS {
        assert!(help.contains(&format!("--{} ", setting.flag)), "{} in {help}", setting.flag);
        assert!(help.contains(&format!("[env: {}]", setting.env)), "{} in {help}", setting.env);
    }
}

#[test]
fn serving_is_what_happens_without_a_command() {
    assert!(matches!(command(""), Command::Serve));
    assert!(matches!(command("--listen 127.0.0.1:1"), Command::Serve));
    assert!(matches!(command("serve"), Command::Serve));
    assert!(parse("--push web").is_err(), "what does not exist yet is not offered");
}

#[test]
fn bootstrap_needs_one_password_and_prints_none() {
    let line = "bootstrap --owner-email a@b.example --site Shop --origin https://shop.example --api-key";
    assert!(parse(line).is_err());
    assert!(parse(&format!("{line} --owner-password s3cret-s3cret --owner-password-file f")).is_err());
    let Command::Bootstrap(given) = command(&format!("{line} --owner-password s3cret-s3cret")) else {
        panic!("bootstrap")
    };
    assert!(given.api_key && given.origin == ["https://shop.example"]);
    assert_eq!(given.password().expect("a password").expose(), "s3cret-s3cret");
    assert!(!format!("{given:?}").contains("s3cret"));
}

#[test]
fn agents_are_added_with_a_role_a_capacity_and_a_password_or_none() {
    let Command::Agent(AgentCommand::Add(given)) = command("agent add --email a@b.example --name Ada") else {
        panic!("agent add")
    };
    assert_eq!((given.role, given.capacity), (AgentRole::Agent, 6));
    assert!(given.password.read().expect("nothing to read").is_none());
    assert!(parse("agent add --email a@b.example --name Ada --role king").is_err());
    assert!(parse("agent add --email a@b.example --name Ada --capacity 0").is_err());
    assert!(parse("agent add --email a@b.example --name Ada --password x --password-file y").is_err());
    assert!(matches!(
        command("agent reset-password --email a@b.example"),
        Command::Agent(AgentCommand::ResetPassword(_))
    ));
}

#[test]
fn a_password_file_gives_its_first_line() {
    let path = std::env::temp_dir().join(format!("deskbell-cli-{}", std::process::id()));
    let source = PasswordSource { password: None, password_file: Some(path.clone()) };
    assert!(matches!(source.read(), Err(PasswordFileError::Unreadable { .. })));
    std::fs::write(&path, " with spaces \r\nsecond\n").expect("a file");
    assert_eq!(source.read().expect("read").expect("a password").expose(), " with spaces ");
    std::fs::write(&path, "\nsecond\n").expect("a file");
    assert!(matches!(source.read(), Err(PasswordFileError::Empty { .. })));
    std::fs::remove_file(&path).expect("removed");
}

#[test]
fn sites_and_queues_change_only_what_is_named() {
    let line =
        "site set --site shop --origin https://a.example --origin https://b.example --on-closed new --edit-window 0";
    let Command::Site(SiteCommand::Set(site)) = command(line) else { panic!("site set") };
    assert_eq!((site.origin.len(), site.on_closed, site.edit_window), (2, Some(OnClosed::New), Some(0)));
    assert!(site.name.is_none() && site.delete_window.is_none() && site.greeting.is_none());
    let line = "queue set --queue Sales --add-agent a@b.example --add-agent c@d.example --remove-agent e@f.example";
    let Command::Queue(QueueCommand::Set(queue)) = command(line) else { panic!("queue set") };
    assert_eq!((queue.add_agent.len(), queue.remove_agent.len(), queue.name), (2, 1, None));
}

#[test]
fn a_mistyped_flag_is_told_without_its_value() {
    for line in [
        "--databse=postgres://u:s3cret@h/d",
        "--databse postgres://u:s3cret@h/d",
        "--database postgres://u:s3cret@h/d --nonsense",
        "agent reset-password --email a@b.example --password s3cret-s3cret --password-file f",
        "agent reset-password --email a@b.example --passwort=s3cret-s3cret",
    ] {
        let told = parse(line).expect_err("mistyped").to_string();
        assert!(!told.contains("s3cret"), "{told}");
    }
}
