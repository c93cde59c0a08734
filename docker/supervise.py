"""supervisord with the two things it lacks here. Arguments are supervisord's own; exits 70 when a program gave up."""

import sys

from supervisor import events, supervisord
from supervisor.states import SupervisorStates

LOOK_EVERY_S = 0.1
GAVE_UP = 70
dead = []


class Supervisor(supervisord.Supervisor):
    """Ends when a program stays dead, and is quick to start, restart and stop."""

    def runforever(self):
        """By itself supervisord sleeps a second before it starts a program, restarts one or heeds a signal."""
        poll = self.options.poller.poll
        self.options.poller.poll = lambda timeout: poll(min(timeout, LOOK_EVERY_S))
        events.subscribe(events.ProcessStateFatalEvent, self.stop_everything)
        super().runforever()

    def stop_everything(self, event):
        """By itself supervisord lives on beside a dead program, and the container would look alive."""
        if self.options.mood < SupervisorStates.RUNNING:
            return
        name = event.process.config.name
        dead.append(name)
        print(f"qianqiao: {name} did not stay up in several starts, see above. Stopping.", file=sys.stderr, flush=True)
        self.options.mood = SupervisorStates.SHUTDOWN


supervisord.Supervisor = Supervisor
supervisord.main()
sys.exit(GAVE_UP if dead else 0)
