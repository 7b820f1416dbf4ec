/** Deliveries that may run before other I/O of the process gets its turn. */
const DELIVERIES_PER_TURN = 512;
let deliveriesLeft = DELIVERIES_PER_TURN;
let refillArmed = false;

/**
 * Runs a delivery soon, but never inside the write that causes it: two ends that answer each other would grow
 * the stack. Normally that is the next tick; a busy pair yields to the event loop now and then, so that an
 * endless loop in one container cannot starve the rest.
 */
export function deliverSoon(deliver: () => void): void {
  if (deliveriesLeft === 0) {
    setImmediate(deliver);
    return;
  }
  deliveriesLeft--;
  if (!refillArmed) {
    refillArmed = true;
    setImmediate(() => {
      refillArmed = false;
      deliveriesLeft = DELIVERIES_PER_TURN;
    });
  }
  process.nextTick(deliver);
}
