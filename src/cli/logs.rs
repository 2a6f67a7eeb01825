//! `casefile logs`: what is in a log of any size, in one pass and flat memory.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use camino::{Utf8Path, Utf8PathBuf};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::log::scan::{Block, Blocks, Depth, LineTemplates, LogScan, LogsReport, read_block};
use crate::render::to_json;
use crate::source::{Compression, LogStream, ReadError};

use super::error::CliError;
use super::{logs_text, output, parallel};

/// Smallest input that gets a progress bar, in bytes: less is done before one reads it.
const PROGRESS_BYTES: u64 = 64 << 20;

/// Say what is in a log: levels, message templates, bursts, gaps, first error, errors over time
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  casefile logs app.log                        what is in it
  casefile logs app.log.2.gz app.log.1 app.log rotated logs, oldest first, as one
  kubectl logs deploy/shop | casefile logs -   standard input
  casefile logs app.log --limit 0              levels and times only: the fastest
  casefile logs app.log --json | jq -r '.templates[] | select(.level == \"error\") | .template'

Formats are recognised line by line: bracketed, syslog, JSON, logfmt, access logs, klog and more. Lines without a time or
level of their own belong to the event above them, or count as other lines. .gz and .zst are read as they are, UTF-16 too.
The whole log is read once; memory does not grow with it.")]
pub struct Args {
    /// Logs in the order of time; `-` is standard input
    #[arg(required = true)]
    file: Vec<Utf8PathBuf>,
    /// Print the result as JSON (schema casefile.logs/1)
    #[arg(long)]
    json: bool,
    /// Write a CSV with the template of each line (columns line, template); for one log
    #[arg(long, value_name = "CSV")]
    assign: Option<Utf8PathBuf>,
    /// How many templates to list; 0 looks for none
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    if args.assign.is_some() && args.file.len() > 1 {
        return Err(
            CliError::usage("--assign takes one log").hint("line numbers of several logs would not tell them apart")
        );
    }
    let depth = match (&args.assign, args.limit) {
        (Some(_), _) => Depth::Lines,
        (None, 0) => Depth::Headers,
        (None, _) => Depth::Templates,
    };
    let mut of_line = args.assign.as_deref().map(LineFile::new).transpose()?;
    let mut scan = LogScan::default();
    let bar = progress(&args.file);
    for path in &args.file {
        read(path, depth, &mut scan, &bar, &mut of_line)?;
    }
    bar.finish_and_clear();
    let (report, templates) = scan.finish(args.limit);
    if let Some(of_line) = of_line {
        of_line.write(&templates)?;
    }
    show(args, &report)
}

fn show(args: &Args, report: &LogsReport) -> Result<u8, CliError> {
    let text = if args.json {
        to_json(report).map_err(|error| CliError::internal(error.to_string()))?
    } else {
        logs_text::text(report, logs_text::Series::of_terminal())
    };
    output::result(&text).map(|()| 0)
}

/// Reads one log into `scan`, its blocks on all cores.
fn read(
    path: &Utf8Path,
    depth: Depth,
    scan: &mut LogScan,
    bar: &ProgressBar,
    of_line: &mut Option<LineFile>,
) -> Result<(), CliError> {
    let stdin = || LogStream::of(path, Box::new(io::stdin()) as Box<dyn Read>);
    let mut stream = if path == "-" { stdin() } else { LogStream::open(path) }.map_err(|error| unreadable(&error))?;
    scan.begin(path.as_str(), stream.compression().map(Compression::as_str), stream.encoding().as_str());
    let mut blocks = Blocks::default();
    let before = bar.position();
    // Blocks are large; their memory serves again.
    let used = RefCell::new(Vec::new());
    parallel::in_order(
        || {
            let memory = used.borrow_mut().pop().unwrap_or_default();
            let block = blocks.next(memory, &mut |buffer| stream.fill(buffer)).map_err(|error| unreadable(&error));
            bar.set_position(before + stream.taken());
            block
        },
        |block: Block| (read_block(block.bytes(), depth), block),
        |(sum, block)| {
            used.borrow_mut().push(block);
            let texts = scan.add(sum);
            of_line.as_mut().map_or(Ok(()), |file| file.add(&texts))
        },
    )
}

fn unreadable(error: &ReadError) -> CliError {
    let failure = CliError::input(error.to_string());
    error.help().into_iter().fold(failure, CliError::hint)
}

/// A bar on a terminal for large files; else one that shows nothing.
fn progress(files: &[Utf8PathBuf]) -> ProgressBar {
    let sizes = files.iter().map(|path| std::fs::metadata(path).map(|metadata| metadata.len()));
    let size: u64 = sizes.filter_map(Result::ok).sum();
    if size <= PROGRESS_BYTES {
        return ProgressBar::hidden();
    }
    // Draws nothing where standard error is no terminal.
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The text of each line, kept in a file until the templates are known, so that memory stays flat.
struct LineFile {
    path: Utf8PathBuf,
    kept: BufWriter<File>,
}

impl LineFile {
    fn new(path: &Utf8Path) -> Result<Self, CliError> {
        let kept =
            tempfile::tempfile().map_err(|error| CliError::input(format!("cannot make a temporary file: {error}")))?;
        Ok(LineFile { path: path.to_path_buf(), kept: BufWriter::new(kept) })
    }

    fn add(&mut self, texts: &[u32]) -> Result<(), CliError> {
        let written = texts.iter().try_for_each(|text| self.kept.write_all(&text.to_le_bytes()));
        written.map_err(|error| CliError::input(format!("cannot write a temporary file: {error}")))
    }

    /// Writes the CSV: a row for each line that has a template.
    fn write(self, templates: &LineTemplates) -> Result<(), CliError> {
        let path = self.path.clone();
        self.rows(templates).map_err(|error| CliError::input(format!("cannot write {path}: {error}")))
    }

    fn rows(self, templates: &LineTemplates) -> io::Result<()> {
        let mut kept = self.kept.into_inner().map_err(io::IntoInnerError::into_error)?;
        kept.rewind()?;
        let mut kept = BufReader::with_capacity(1 << 20, kept);
        let mut rows = BufWriter::new(File::create(&self.path)?);
        rows.write_all(b"line,template\n")?;
        let mut text = [0; 4];
        for line in 1u64.. {
            match kept.read_exact(&mut text) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                outcome => outcome?,
            }
            if let Some(template) = templates.template(u32::from_le_bytes(text)) {
                writeln!(rows, "{line},T{}", template + 1)?;
            }
        }
        rows.flush()
    }
}
