//! `GET /livez`

/// The process runs.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, description = "It runs", body = String)))]
pub(super) async fn livez() -> &'static str {
    "ok"
}
