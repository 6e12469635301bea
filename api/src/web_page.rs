//! Whether a page elsewhere is still there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use tamis_ingest::host;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// Hosts asked at the same time.
const THREADS: usize = 8;
/// Most redirects followed.
const MAX_REDIRECTS: u32 = 5;
/// Longest head of an answer, in bytes; bodies are not read.
const MAX_HEAD: usize = 64 << 10;

/// Looking for dead links.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSettings {
    /// Whether to. It asks other people's servers, so nothing is asked unless this is on.
    pub check: bool,
    /// Longest wait for an answer, in seconds.
    pub timeout_seconds: u64,
    /// Pause between two questions to one host, in milliseconds.
    pub pause_milliseconds: u64,
    /// Most pages asked for in one round.
    pub most: usize,
    /// After how many days a page is asked for again.
    pub again_days: u32,
    /// Whether addresses of private networks may be asked. A document could name any of them.
    pub private_networks: bool,
}

/// What asking for a page told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is there, or at least its server does not say otherwise.
    There,
    /// Its server says that it is gone: 404 or 410.
    Gone(u16),
    /// Nobody can tell: no answer, a refusal, an error of the server.
    Unknown(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::There => f.write_str("there"),
            Self::Gone(status) => write!(f, "{status}"),
            Self::Unknown(why) => f.write_str(why),
        }
    }
}

/// Asks for pages, one question at a time to each host. `stopped` is asked between any two; what was not asked for then
/// has no answer.
pub fn ask_all(
    urls: Vec<String>,
    settings: LinkSettings,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Vec<(String, Answer)> {
    let agent = agent(settings);
    let hosts = by_host(urls);
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS.min(hosts.len()) {
            scope.spawn(|| {
                while let Some(urls) = hosts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (place, url) in urls.iter().enumerate() {
                        if stopped() {
                            return;
                        }
                        if place > 0 {
                            thread::sleep(Duration::from_millis(settings.pause_milliseconds));
                        }
                        let answer = ask(&agent, url);
                        answers.lock().unwrap_or_else(PoisonError::into_inner).push((url.clone(), answer));
                    }
                }
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn by_host(mut urls: Vec<String>) -> Vec<Vec<String>> {
    urls.sort_by_cached_key(|url| (host(url), url.clone()));
    urls.dedup();
    urls.chunk_by(|a, b| host(a) == host(b)).map(<[String]>::to_vec).collect()
}

/// HEAD asks for the least; GET decides, because some servers do not know pages by HEAD.
fn ask(agent: &ureq::Agent, url: &str) -> Answer {
    match read(agent.head(url).call()) {
        Answer::There => Answer::There,
        Answer::Gone(_) | Answer::Unknown(_) => read(agent.get(url).call()),
    }
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    match response {
        Err(problem) => Answer::Unknown(problem.to_string()),
        Ok(response) => match response.status().as_u16() {
            gone @ (404 | 410) => Answer::Gone(gone),
            error @ 500.. => Answer::Unknown(format!("{error}")),
            // 401, 403 and 429 say that something is there which is not for us, or not now.
            _ => Answer::There,
        },
    }
}

fn agent(settings: LinkSettings) -> ureq::Agent {
    let config = Config::builder()
        .timeout_global(Some(Duration::from_secs(settings.timeout_seconds.max(1))))
        .max_redirects(MAX_REDIRECTS)
        .max_response_header_size(MAX_HEAD)
        .http_status_as_error(false)
        .user_agent(concat!("tamis/", env!("CARGO_PKG_VERSION"), " (link check)"))
        .build();
    let resolver = PublicResolver { inner: DefaultResolver::default(), all: settings.private_networks };
    ureq::Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// Resolves names to public addresses only, redirects included: a document must not make tamis ask the machines behind
/// a firewall.
#[derive(Debug)]
struct PublicResolver {
    inner: DefaultResolver,
    all: bool,
}

impl Resolver for PublicResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.all {
            return Ok(found);
        }
        let mut public = self.empty();
        found.iter().filter(|address| is_public(address.ip())).for_each(|address| public.push(*address));
        if public.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(public) }
    }
}

/// Whether an address can be reached by everyone (IANA special-purpose address registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = matches!((a, b, c), (0 | 240.., _, _) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _));
    !(reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; of it, 2001:db8::/32 is for documents, and 2002::/16 wraps IPv4 addresses.
    let [a, b, ..] = address.segments();
    a & 0xe000 == 0x2000 && a != 0x2002 && (a, b) != (0x2001, 0xdb8)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers each path with the status it names, for so many requests.
    fn server(requests: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().take(requests) {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                let mut lines = BufReader::new(stream.try_clone().unwrap());
                lines.read_line(&mut line).unwrap();
                let mut header = String::new();
                while lines.read_line(&mut header).unwrap() > 2 {
                    header.clear();
                }
                let mut words = line.split_whitespace();
                let (method, path) = (words.next().unwrap(), words.next().unwrap());
                // Like servers that know their pages by GET only.
                let status = if path == "/get-only" && method == "HEAD" { "404" } else { &path[1..] };
                let status = if status == "get-only" { "200" } else { status };
                write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            }
        });
        format!("http://{address}")
    }

    fn settings(private_networks: bool) -> LinkSettings {
        LinkSettings {
            check: true,
            timeout_seconds: 5,
            pause_milliseconds: 0,
            most: 100,
            again_days: 7,
            private_networks,
        }
    }

    #[test]
    fn only_a_server_s_word_makes_a_page_gone() {
        // The pages that are not there at once are asked for twice.
        let base = server(1 + 2 + 2 + 1 + 2 + 2);
        let ask = |path: &str| ask(&agent(settings(true)), &format!("{base}/{path}"));
        assert_eq!(ask("200"), Answer::There);
        assert_eq!(ask("404"), Answer::Gone(404));
        assert_eq!(ask("410"), Answer::Gone(410));
        assert_eq!(ask("403"), Answer::There);
        assert_eq!(ask("503"), Answer::Unknown("503".to_owned()));
        assert_eq!(ask("get-only"), Answer::There);
    }

    #[test]
    fn a_document_cannot_send_tamis_behind_the_firewall() {
        let base = server(1);
        let answers = ask_all(vec![format!("{base}/200")], settings(false), &|| false);
        assert!(matches!(answers.as_slice(), [(_, Answer::Unknown(_))]), "{answers:?}");
        for (address, public) in [
            ("93.184.215.14", true),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("192.168.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true),
            ("::1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::ffff:127.0.0.1", false),
            ("2002:7f00:1::", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn hosts_are_asked_side_by_side_and_each_in_turn() {
        let urls = ["https://b.org/2", "https://a.org/1", "https://b.org/1", "https://b.org/2"];
        let hosts = by_host(urls.map(str::to_owned).to_vec());
        assert_eq!(hosts, [vec!["https://a.org/1"], vec!["https://b.org/1", "https://b.org/2"]]);
    }
}
