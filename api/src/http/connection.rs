//! Connections, and how patient they are: a client that does not read what it asked for, or says nothing for minutes, must
//! not hold a connection for good.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};

/// How long a client may take to read some of what is written to it.
const WRITE_LIMIT: Duration = Duration::from_secs(30);
/// How long a connection may carry nothing in either direction: longer than any answer takes, and than the pauses between
/// two signs of life of an event stream.
const IDLE_LIMIT: Duration = Duration::from_mins(2);

/// A listener whose connections have limits.
pub(crate) struct Connections(TcpListener);

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// A connection with limits.
pub(crate) struct Limited<S> {
    stream: S,
    unread: Patience,
    idle: Patience,
}

/// A wait that may last only so long.
struct Patience {
    limit: Duration,
    end: Pin<Box<Sleep>>,
    waiting: bool,
}

impl Connections {
    /// The connections of a listener.
    pub(crate) fn of(listener: TcpListener) -> Self {
        Self(listener)
    }
}

impl Listener for Connections {
    type Io = Limited<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Limited::new(stream, WRITE_LIMIT, IDLE_LIMIT), address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Connections>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Patience {
    fn new(limit: Duration) -> Self {
        Self { limit, end: Box::pin(sleep(limit)), waiting: false }
    }

    /// Something came through.
    fn rest(&mut self) {
        self.waiting = false;
    }

    /// Nothing comes through: pending until the wait has lasted too long.
    fn run_out(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        if !self.waiting {
            self.end.as_mut().reset(Instant::now() + self.limit);
            self.waiting = true;
        }
        ready!(self.end.as_mut().poll(context));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client took too long"))
    }
}

impl<S> Limited<S> {
    fn new(stream: S, write_limit: Duration, idle_limit: Duration) -> Self {
        Self { stream, unread: Patience::new(write_limit), idle: Patience::new(idle_limit) }
    }

    /// What a write came to, where one that does not get on is given up in the end.
    fn written<T>(&mut self, wrote: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.unread.rest();
            self.idle.rest();
            return wrote;
        }
        self.unread.run_out(context).map(Err)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        if read.is_ready() {
            self.idle.rest();
            return read;
        }
        self.idle.run_out(context).map(Err)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(wrote, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(wrote, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        // A flush with nothing to write is no sign of life.
        if flushed.is_ready() { flushed } else { self.written(flushed, context) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.written(shut, context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const NEVER: Duration = Duration::from_hours(1);

    #[tokio::test]
    async fn a_client_that_does_not_read_is_given_up() {
        let (server, mut client) = duplex(16);
        let mut server = Limited::new(server, SOON, NEVER);
        let problem = server.write_all(&[7; 64]).await.unwrap_err();
        assert_eq!(problem.kind(), io::ErrorKind::TimedOut);
        // One that reads, however little at a time, gets everything.
        let mut read = [0; 16];
        client.read_exact(&mut read).await.unwrap();
        let all = async {
            let mut left = 64;
            while left > 0 {
                let some = client.read(&mut [0; 4]).await.unwrap();
                left -= some;
            }
        };
        let (wrote, ()) = tokio::join!(server.write_all(&[7; 64]), all);
        wrote.unwrap();
    }

    #[tokio::test]
    async fn a_connection_on_which_nothing_is_said_is_given_up_and_one_that_is_written_to_is_not() {
        let (server, mut client) = duplex(1 << 16);
        let mut server = Limited::new(server, NEVER, SOON);
        assert_eq!(server.read(&mut [0; 4]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        client.write_all(b"more").await.unwrap();
        server.read_exact(&mut [0; 4]).await.unwrap();
        // An event stream: the client says nothing, and is told something now and then.
        let (mut reads, mut writes) = tokio::io::split(server);
        let told = async {
            let begun = Instant::now();
            while begun.elapsed() < 5 * SOON {
                writes.write_all(b"still here").await.unwrap();
                client.read_exact(&mut [0; 10]).await.unwrap();
                tokio::task::yield_now().await;
            }
            begun
        };
        let (begun, problem) = tokio::join!(told, async { reads.read(&mut [0; 4]).await.unwrap_err().kind() });
        assert_eq!(problem, io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= 5 * SOON, "not while it was written to");
    }
}
