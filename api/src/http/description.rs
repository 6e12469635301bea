//! The API's description: what the handlers say of themselves, and what the layers around them add.

use axum::http::Method;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Document, Ref, Response, ResponseBuilder};

use super::scopes::scope_needed;

const SCHEME: &str = "api_key";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "tamis",
        description = "A RAG corpus that is graded before it is searched: hybrid search, corpus health, review queue.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "search", description = "Find chunks that passed."),
        (name = "health", description = "The corpus's state in figures."),
        (name = "quarantine", description = "Chunks held back, and what people decide about them."),
        (name = "findings", description = "Contradictions and copies in the corpus."),
        (name = "sources", description = "Where documents come from, and the passes over them."),
        (name = "documents", description = "Documents and chunks: sending, looking at, grading and deleting them."),
        (name = "jobs", description = "Work that waits, and work that failed."),
        (name = "policy", description = "What quality is asked for."),
        (name = "operation", description = "Is the service up?")
    )
)]
pub(super) struct Description;

/// Adds what the layers answer: who may ask, what is refused, and what a client has already.
pub(super) fn complete(mut document: Document) -> Document {
    let scheme = SecurityScheme::Http(
        Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("tamis_<id>_<secret>")
            .description(Some("A key made by `tamis keys create`. While there is none, the server listens to its own machine only and asks for no key."))
            .build(),
    );
    document.components.get_or_insert_default().add_security_scheme(SCHEME, scheme);
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::DELETE, &mut item.delete),
            (Method::PATCH, &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete_operation(operation, &method, path);
            }
        }
    }
    document
}

fn complete_operation(operation: &mut Operation, method: &Method, path: &str) {
    let has_body = operation.request_body.is_some();
    let mut add = |status: &str, response: Response| {
        operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
    };
    add("504", Response::new("The answer took too long"));
    let Some(scope) = scope_needed(method, path) else { return };
    add("400", problem("The request cannot be understood"));
    add("500", problem("The service failed"));
    if method == Method::POST {
        add("409", problem("The first request with this idempotency key is being answered"));
        add("422", problem("The idempotency key came with another request"));
    }
    if has_body {
        add("415", problem("There is no reader for the request's body"));
    }
    add("401", problem("No API key, or one that is unknown or has ended"));
    add("403", problem("The key has not the scope that is needed"));
    add("429", problem("This key makes too many requests; `retry-after` says how long to wait, in seconds"));
    if method.is_safe() {
        add("304", Response::new("The client has this answer: `if-none-match` names its `etag`"));
    } else {
        add("413", Response::new("The body is too large"));
        add("503", problem("Not available at the moment; trying again later can help"));
    }
    // No key is an answer too, where the server has none.
    let needed = SecurityRequirement::new::<_, _, String>(SCHEME, []);
    operation.security = Some(vec![needed, SecurityRequirement::default()]);
    let note = format!("Needs the scope `{}` where the server has API keys.", scope.name());
    let description = operation.description.take();
    operation.description = Some(description.map_or(note.clone(), |said| format!("{said}\n\n{note}")));
}

fn problem(description: &str) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .build()
}
