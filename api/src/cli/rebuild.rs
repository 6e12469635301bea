//! `tamis rebuild`

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use tamis_index::{Corpus, Embedder};

use super::progress::Bars;
use super::{Exit, Global, Usage};
use crate::config::cache_dir;
use crate::data_dir::{ActiveIndex, DataDir};
use crate::embedding_cache::EmbeddingCache;
use crate::jobs::{NewIndexes, Stop};
use crate::ledger::Ledger;
use crate::plural::chunks;
use crate::service::{Service, check_model, model_files};

#[derive(Debug, Args)]
pub(super) struct RebuildArgs {
    /// Embed with another model: its folder, or the name of one that `tamis model pull` fetched. The indexes in use stay
    /// until `--drop-old`
    #[arg(long, value_name = "DIR|NAME")]
    model: Option<String>,
    /// Take the new indexes into use even where they find clearly less than the old ones
    #[arg(long, requires = "model")]
    force: bool,
    /// Remove indexes that are no longer in use; without --model nothing else is done
    #[arg(long)]
    drop_old: bool,
}

pub(super) async fn run(global: &Global, args: &RebuildArgs) -> Result<Exit> {
    let config = global.config()?;
    let data = global.data();
    data.must_exist()?;
    let _lock = data.lock("rebuild")?;
    if args.drop_old && args.model.is_none() {
        eprintln!("removed {} old indexes", data.drop_old_indexes()?);
        return Ok(Exit::Done);
    }
    let active = data.active_index()?;
    let model = args.model.as_deref().map(find_model).transpose()?.or_else(|| active.model.clone());
    let files = model_files(&config, model.clone());
    check_model(&files)?;
    let threads = config.embedders();
    let embedder = tokio::task::spawn_blocking(move || Embedder::open(&files, threads)).await??;
    let ledger = Ledger::open(&data.ledger()).await?;
    let policy = ledger.policy().await?.map_or_else(|| config.policy.clone(), |revision| revision.policy);
    let cache = EmbeddingCache::open(&data.embeddings(), embedder.fingerprint()).await?;
    let dir = data.new_index(&embedder.fingerprint().hash)?;
    let corpus = Corpus::open(&dir, embedder.fingerprint()).await?;

    let new = NewIndexes { ledger: &ledger, policy: &policy, embedder: &embedder, cache: &cache, corpus: &corpus };
    let stop = Stop::on_signals();
    let bars = Bars::new(global.shows_progress());
    let Some(rebuilt) = new.fill(&bars, &stop).await? else {
        eprintln!("stopped before the end: what was embedded is kept, and `tamis rebuild` goes on with it");
        return Ok(Exit::No);
    };
    if args.model.is_some() {
        // Opened as every search opens it: with the model that the indexes in use name.
        match Service::open(config, &data).await {
            Ok(old) => {
                let counts = new.compare(&rebuilt.canaries, (&old.corpus, &old.embedder)).await?;
                eprintln!(
                    "of {} asked for, found before: {}, now: {}",
                    chunks(counts.asked as u64),
                    counts.old,
                    counts.new
                );
                if !counts.sing() && !args.force {
                    bail!(
                        "the new indexes find clearly less than those in use, which stay: --force takes the new ones"
                    );
                }
            }
            Err(problem) => eprintln!("not compared with the indexes in use, which cannot be opened: {problem:#}"),
        }
    }
    // First the ledger forgets what the indexes hold, then the others take over, then it learns what they hold: killed in
    // between, the next publish writes all of it again.
    ledger.begin_swap().await?;
    data.activate(&ActiveIndex { dir, model })?;
    ledger.finish_swap(&rebuilt.written).await?;
    cache.prune(rebuilt.written.len() as u64).await?;
    drop_old(&data, args, &active, &cache).await?;
    eprintln!("indexed {}, {} of them embedded anew", chunks(rebuilt.written.len() as u64), rebuilt.embedded);
    Ok(Exit::Done)
}

/// Indexes of the same model have nothing that the new ones lack; those of another stay until it is said that they may go.
async fn drop_old(data: &DataDir, args: &RebuildArgs, old: &ActiveIndex, cache: &EmbeddingCache) -> Result<()> {
    if args.drop_old {
        data.drop_old_indexes()?;
        cache.drop_other_models().await?;
    } else if args.model.is_some() {
        eprintln!("the old indexes are kept: `tamis rebuild --drop-old` removes them");
    } else if old.dir.exists() {
        fs::remove_dir_all(&old.dir).with_context(|| format!("cannot remove {}", old.dir.display()))?;
    }
    Ok(())
}

fn find_model(named: &str) -> Result<PathBuf> {
    let dir = PathBuf::from(named);
    let pulled = cache_dir().join("models").join(named.replace('/', "--"));
    for dir in [dir, pulled] {
        if dir.is_dir() {
            return Ok(std::path::absolute(dir)?);
        }
    }
    Err(Usage(format!("there is no model {named}: give its folder, or fetch it with `tamis model pull {named}`"))
        .into())
}
