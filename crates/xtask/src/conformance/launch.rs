//! Starts this program again: built with the library, and once for each config.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Arguments, Run};
use crate::check;
use crate::fetch;
use crate::problem::{Problem, Result};

/// Fetches what is needed, compares the tables with the wheel, and runs the conformance with a program linked to OpenCC.
pub(super) fn build_and_run(run: &Run) -> Result<()> {
    let wheel = run.wheel()?;
    fetch::source_package(&run.work)?;
    check::run(&run.root, Some(&wheel))?;
    if !run.corpus.is_dir() {
        let this = std::env::current_exe().map_err(|error| Problem::new(error.to_string()))?;
        succeed(Command::new(this).arg("corpus").arg("--out").arg(&run.corpus))?;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let library = wheel.join("opencc/clib");
    // Where the build of the wheel puts libraries depends on the system that it was built on.
    let archives = ["lib64", "lib"].map(|folder| library.join(folder)).into_iter().find(|folder| folder.is_dir());
    let archives = archives.ok_or_else(|| Problem::of(&library, "no folder lib64 or lib with libraries to link"))?;
    let mut command = Command::new(cargo);
    command
        .current_dir(&run.root)
        .env("OPENCC_LIB_DIRS", archives)
        .env("OPENCC_INCLUDE_DIRS", library.join("include"))
        // The order matters to the linker: OpenCC needs marisa.
        .env("OPENCC_LIBS", "opencc:marisa")
        .env("OPENCC_STATIC", "1")
        .env("OPENCC_DYLIB_STDCPP", "1")
        .args(["run", "--release", "--package", "xtask", "--features", "opencc", "--", "conformance"]);
    pass_on(run, &run.arguments, &mut command);
    succeed(&mut command)
}

/// Compares each config in a process of its own; gives the number of those that failed.
pub(super) fn every_config(run: &Run) -> Result<usize> {
    let this = std::env::current_exe().map_err(|error| Problem::new(error.to_string()))?;
    let next = AtomicUsize::new(0);
    let failures = AtomicUsize::new(0);
    let problem = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..run.arguments.jobs.max(1) {
            scope.spawn(|| {
                while let Some(config) = run.configs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut command = Command::new(&this);
                    let arguments = Arguments { configs: vec![*config], in_process: true, ..run.arguments.clone() };
                    command.arg("conformance");
                    pass_on(run, &arguments, &mut command);
                    match command.stdin(Stdio::null()).output() {
                        Ok(output) => {
                            print!("{}", String::from_utf8_lossy(&output.stdout));
                            if !output.status.success() {
                                failures.fetch_add(1, Ordering::Relaxed);
                                eprint!("{config}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
                            }
                        }
                        Err(error) => *problem.lock().expect("no thread panics while it holds the lock") = Some(error),
                    }
                }
            });
        }
    });
    match problem.into_inner().expect("no thread panics while it holds the lock") {
        Some(error) => Err(Problem::of(&this, error)),
        None => Ok(failures.into_inner()),
    }
}

fn pass_on(run: &Run, arguments: &Arguments, command: &mut Command) {
    let option = |name: &str, value: &dyn std::fmt::Display| format!("--{name}={value}");
    command.args([
        option("text-megabytes", &arguments.text_megabytes),
        option("adversarial-megabytes", &arguments.adversarial_megabytes),
        option("seed", &arguments.seed),
        option("subject", &arguments.subject.name()),
        option("jobs", &arguments.jobs),
    ]);
    if !arguments.configs.is_empty() {
        let names: Vec<&str> = arguments.configs.iter().map(|config| config.name()).collect();
        command.arg(option("configs", &names.join(",")));
    }
    if let Some(kernel) = arguments.kernel {
        command.arg(option("kernel", &kernel.name()));
    }
    let path = |command: &mut Command, name: &str, value: &Path| {
        command.arg(format!("--{name}")).arg(value);
    };
    path(command, "work", &run.work);
    path(command, "corpus", &run.corpus);
    if let Some(file) = &run.file {
        path(command, "file", file);
    }
    if arguments.in_process {
        command.arg("--in-process");
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| Problem::new(format!("{program}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("{program} failed ({status}); see above"))) }
}
