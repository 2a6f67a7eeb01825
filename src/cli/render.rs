//! `casefile render`: a report again from its `case.json`, for trying templates.

use camino::Utf8PathBuf;

use super::config::Config;
use super::error::CliError;
use super::page::{self, PageArgs};
use super::{load, output};

/// Render a report again from its case.json
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The case.json
    #[arg(long, value_name = "CASE.JSON")]
    from: Utf8PathBuf,
    #[command(flatten)]
    page: PageArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<u8, CliError> {
    let config = Config::load(args.page.config.as_deref(), &args.from)?;
    let case = load::case(&args.from, &config)?;
    let mut context = page::context(&args.page, &config, &case, page::draft_gate());
    if let Some(now) = &args.page.now {
        context.last_updated = super::clock::now(Some(now))?;
    }
    let text = page::renderer(&args.page)?.report(&case, &context).map_err(page::render_failed)?;
    output::result(&text).map(|()| 0)
}
