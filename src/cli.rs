//! The commands of the binary.

use std::future::Future;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::Config;
use crate::keys::{KeyOrigin, MasterKey};
use crate::store::Store;
use crate::{healthcheck, opening, render, store, upstream};

const USAGE: &str = "\
qianqiao 千桥: one private, OpenAI-compatible API from the accounts you already have

  qianqiao [serve]                     run the service on 127.0.0.1:APP_PORT
  qianqiao check                       check the configuration and say everything that is wrong with it
  qianqiao key                         show the owner's key
  qianqiao backup FILE                 copy the database, also while the service runs; the copy holds no key
  qianqiao restore FILE                put a copy in the database's place; needs a stopped service and the same key
  qianqiao rotate-key                  seal what is kept with a new key; needs a stopped service
  qianqiao render FILE [NAME=VALUE …]  fill in a configuration template and print it
  qianqiao healthcheck                 ask http://127.0.0.1:LISTEN_PORT/health; exit 0 if it answers
  qianqiao version                     print the version
";

/// What a Space without a lasting volume must be told.
const SPACE_WARNING: &str = "  warning           this is a Hugging Face Space without a lasting DATA_DIR: accounts and settings that are \
made here, and a key that was not given, are lost at a restart; set the secret API_MASTER_KEY, and each account's variables \
as secrets too\n";

/// The exit code for a configuration that cannot be used.
const EXIT_CONFIG: u8 = 78;

/// Runs the command that `arguments` (without the program's name) ask for.
pub fn main(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(text) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Err((message, code)) => {
            complain(&message);
            ExitCode::from(code)
        }
    }
}

/// Runs a command and returns what it prints at its end.
fn run(words: &[&str]) -> Result<String, Failure> {
    let plain = |sentence| (sentence, 1);
    match words {
        [] | ["serve"] => serve(&read()?),
        ["check"] => check(&read()?),
        ["key"] => key(&read()?),
        ["backup", file] => maintain(&read()?, &Task::Backup(file)),
        ["restore", file] => maintain(&read()?, &Task::Restore(file)),
        ["rotate-key"] => maintain(&read()?, &Task::RotateKey),
        ["render", file, values @ ..] => render::render(&read()?.settings, file, values).map_err(plain),
        ["healthcheck"] => healthcheck::ask(read()?.settings.listen_port).map(|()| String::new()).map_err(plain),
        ["version" | "--version" | "-V"] => Ok(concat!("qianqiao ", env!("CARGO_PKG_VERSION"), "\n").to_owned()),
        ["help" | "--help" | "-h"] => Ok(USAGE.to_owned()),
        _ => Err((format!("unknown command; try:\n\n{USAGE}"), 2)),
    }
}

/// A failed command: what to say and the exit code.
type Failure = (String, u8);

fn read() -> Result<Config, Failure> {
    Config::read().map_err(|problems| (problems.to_string(), EXIT_CONFIG))
}

fn check(config: &Config) -> Result<String, Failure> {
    let store = Store::open(&config.settings.data_dirs);
    MasterKey::check(config.settings.master_key.as_ref(), &store).map_err(|sentence| (sentence, EXIT_CONFIG))?;
    opening::check(config).map_err(|sentence| (sentence, EXIT_CONFIG))?;
    Ok("the configuration is fine\n".to_owned())
}

fn key(config: &Config) -> Result<String, Failure> {
    if let Some(key) = &config.settings.master_key {
        return Ok(format!("{}\n", key.expose()));
    }
    let store = Store::open(&config.settings.data_dirs);
    match store.master_key() {
        Ok(Some(key)) => Ok(format!("{key}\n")),
        Ok(None) => Err((format!("no key was made in {} yet; the first start makes one", store.dir().display()), 1)),
        Err(error) => Err((format!("the key in {} cannot be read ({error})", store.dir().display()), 1)),
    }
}

/// What is done to the database beside the service.
enum Task<'a> {
    Backup(&'a str),
    Restore(&'a str),
    RotateKey,
}

fn maintain(config: &Config, task: &Task<'_>) -> Result<String, Failure> {
    let data = Store::open(&config.settings.data_dirs);
    let key = config.settings.data_key.as_ref();
    let done = actix_rt::System::new().block_on(async {
        match task {
            Task::Backup(file) => store::backup(&data, key, Path::new(file)).await,
            Task::Restore(file) => store::restore(&data, key, Path::new(file)).await,
            Task::RotateKey => store::rotate_key(&data, key).await,
        }
    });
    done.map(|sentence| format!("{sentence}\n")).map_err(|sentence| (sentence, 1))
}

/// Says where a panic was, and not with what words: those of a parser may quote somebody's file.
fn tell_place(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    log::error!("a defect stopped a task at {place}; please report it");
}

fn serve(config: &Config) -> Result<String, Failure> {
    env_logger::Builder::new().parse_filters(&config.settings.log_filter).init();
    std::panic::set_hook(Box::new(tell_place));
    upstream::install_crypto();
    let port = config.settings.app_port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        (format!("APP_PORT: port {port} cannot be used ({error}); stop what uses it or set another APP_PORT"), 1)
    })?;
    actix_rt::System::new().block_on(async {
        let app = App::build(config, listener).await.map_err(|sentence| (sentence, EXIT_CONFIG))?;
        let stop = told_to_stop().map_err(|error| (format!("signals cannot be watched ({error})"), 1))?;
        print(&banner(config, &app.state.master_key));
        app.run(stop).await.map_err(|error| (format!("the service failed ({error})"), 1))?;
        Ok(String::new())
    })
}

/// Resolves on the first TERM or INT.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    })
}

/// Says where the service is. The key is shown only by the start that makes it.
fn banner(config: &Config, key: &MasterKey) -> String {
    let port = config.settings.listen_port;
    let command = format!("{} key", own_name());
    let (shown, used) = match key.origin() {
        KeyOrigin::Made => (key.expose(), key.expose()),
        KeyOrigin::Kept => (format!("made by an earlier start; `{command}` shows it"), format!("$({command})")),
        KeyOrigin::Named => ("the value of API_MASTER_KEY".to_owned(), format!("$({command})")),
    };
    let lost = config.settings.on_space && !config.settings.data_dir_named;
    let warning = if lost { SPACE_WARNING } else { "" };
    let question = r#"{"model":"auto","messages":[{"role":"user","content":"hello"}]}"#;
    format!(
        "\n  console and API   http://127.0.0.1:{port}        key  {shown}\n  \
         try it            curl http://127.0.0.1:{port}/v1/chat/completions -H \"Authorization: Bearer {used}\" \
         -H \"Content-Type: application/json\" -d '{question}'\n{warning}\n"
    )
}

/// How this binary can be called again from where it was started.
fn own_name() -> String {
    let own = std::env::current_exe().unwrap_or_else(|_| "qianqiao".into());
    let here = std::env::current_dir().unwrap_or_default();
    let short = own.strip_prefix(&here).unwrap_or(&own);
    // In the image it lies where every shell looks.
    let name = if short.starts_with("/usr/local/bin") { short.file_name().map(Into::into) } else { None };
    name.unwrap_or_else(|| short.to_owned()).display().to_string()
}

/// A closed pipe at the other end is no reason to fail.
fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "qianqiao: {}", text.trim_end());
}
