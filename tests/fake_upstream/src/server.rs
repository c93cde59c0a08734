//! The listener: one task per connection, one request after another.

use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};

use crate::connection::Connection;
use crate::player::{Outcome, Player};
use crate::request::Request;
use crate::routes::{self, Context, Routed};

/// Accepts until the future is dropped; its tasks end with the runtime.
pub async fn serve(listener: TcpListener, context: Arc<Context>) {
    loop {
        // A failed accept (too many open files) must not end the fake.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        context.journal.connected();
        spawn(converse(stream, context.clone()));
    }
}

#[expect(clippy::disallowed_methods, reason = "a fake that stops breaks its connections off, as a crash would")]
fn spawn(conversation: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(conversation);
}

async fn converse(stream: TcpStream, context: Arc<Context>) {
    let mut connection = Connection::new(stream);
    while let Ok(Some(request)) = connection.request().await {
        let outcome = reply(&mut connection, &request, &context).await;
        match outcome {
            Outcome::Completed if request.line.keep_alive => {}
            Outcome::Reset => return connection.reset(),
            _ => return,
        }
    }
}

async fn reply(connection: &mut Connection, request: &Request, context: &Context) -> Outcome {
    let Routed { route, scenario, answer, script, chat } = routes::route(request, context);
    if let Some(route) = route {
        context.journal.record(route, &scenario.name, request);
    }
    let player = Player::new(connection, &answer);
    if !chat {
        return player.play(&script).await;
    }
    let open = context.journal.open(&scenario.name, &request.body);
    let outcome = player.paced(scenario.cut, scenario.drip).play(&script).await;
    open.ended(outcome);
    outcome
}
