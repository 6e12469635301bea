//! The API's description: what the handlers say of themselves, and what the layers around them add.

use axum::http::Method;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, ObjectBuilder, OpenApi as Document, Ref, RefOr, Required, Response, ResponseBuilder, Type,
};

use super::idempotency;
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

/// Adds what the layers answer: who may ask, what is refused, what a client has already, and what is answered once.
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
    add("504", problem("The answer took too long"));
    let Some(scope) = scope_needed(method, path) else { return };
    add("400", problem("The request cannot be understood"));
    add("500", problem("The service failed"));
    if idempotency::is_honoured(method, path) {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
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

fn idempotency_key() -> Parameter {
    let value = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(idempotency::MAX_KEY))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Equal requests with one key are answered once, for 24 hours"))
        .schema(Some(value))
        .build()
}

fn problem(description: &str) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .build()
}

#[cfg(test)]
mod tests {
    use super::super::openapi;

    #[test]
    fn each_request_that_honours_a_key_says_so() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut honoured = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
                let said = parameters.iter().filter(|parameter| parameter["name"] == "Idempotency-Key").count();
                let expected = usize::from(method == "post" && path.starts_with("/v1/"));
                assert_eq!(said, expected, "{method} {path}");
                honoured += said;
            }
        }
        assert_eq!(honoured, 17);
    }
}
