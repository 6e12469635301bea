//! `tamis serve`

use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;

use super::{Exit, Global, Usage};
use crate::http;
use crate::http::connection::{Connections, Peer};
use crate::jobs::{Stop, begin, work_forever};
use crate::service::Writer;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port to listen on [default: serve.bind of the configuration]
    #[arg(long, value_name = "ADDR")]
    bind: Option<String>,
}

pub(super) async fn run(global: &Global, args: ServeArgs) -> Result<Exit> {
    let config = global.config()?;
    let address = resolve(args.bind.as_deref().unwrap_or(&config.serve.bind))?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let writer = Writer::open(config, &global.data(), "serve").await?;
    let service = &writer.service;
    if !address.ip().is_loopback() && !service.ledger.has_keys().await? {
        // Everyone who reaches the port could read and release.
        return Err(Usage(format!(
            "{address} is no loopback address: without API keys tamis serves this machine only\n\
             help: `tamis keys create NAME --scope read,review` makes one"
        ))
        .into());
    }
    let stop = Stop::on_signals();
    begin(service, &stop).await?;
    eprintln!("tamis listens on http://{} (Ctrl-C stops it)", listener.local_addr()?);
    let mut stop_serving = stop.clone();
    let router = http::router(service.clone()).into_make_service_with_connect_info::<Peer>();
    let serve = axum::serve(Connections::of(listener), router)
        .with_graceful_shutdown(async move { stop_serving.ordered().await });
    let all = async { tokio::join!(async { serve.await }, work_forever(service, stop.clone())) };
    if let Some((served, worked)) = Box::pin(stop.clone().within(service.config.drain_time(), all)).await {
        served.context("the HTTP server stopped")?;
        worked?;
        service.ledger.close().await;
    }
    Ok(Exit::Done)
}

fn resolve(bind: &str) -> Result<SocketAddr> {
    let wanted = || Usage(format!("{bind:?} is no address: expected one such as 127.0.0.1:7700"));
    let mut addresses = bind.to_socket_addrs().map_err(|_| wanted())?;
    Ok(addresses.next().ok_or_else(wanted)?)
}
