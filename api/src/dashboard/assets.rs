//! Style sheet, scripts and icon, compiled in.

use std::sync::LazyLock;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// Digits of an asset's hash in its address.
const HASH_DIGITS: usize = 16;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    hash: String,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let files: [(&str, &str, &[u8]); 4] = [
        ("app.css", "text/css; charset=utf-8", include_bytes!("../../assets/app.css")),
        ("app.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/app.js")),
        ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/vendor/htmx.min.js")),
        ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
    ];
    files
        .into_iter()
        .map(|(name, media_type, bytes)| {
            let mut hash = blake3::hash(bytes).to_hex().to_string();
            hash.truncate(HASH_DIGITS);
            Asset { name, media_type, bytes, hash }
        })
        .collect()
});

/// The version of an asset that a page asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    v: Option<String>,
}

/// The address of an asset. It changes with the content, so that browsers may keep what is at it for good.
pub(super) fn address(name: &str) -> String {
    let hash = ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| asset.hash.as_str());
    format!("/assets/{name}?v={hash}")
}

/// `GET /assets/{name}`
pub(super) async fn serve(Path(name): Path<String>, Query(version): Query<Version>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", asset.hash);
    let lasting = version.v.is_some_and(|wanted| wanted == asset.hash);
    let caching = if lasting { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { asset.bytes.into_response() };
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        fields.insert(header::ETAG, tag);
    }
    response
}
