import { disposeAll, type ControllerContext } from '../controller.ts';
import { startNodeLifecycleController } from './node-lifecycle.ts';
import { startPodGarbageCollector } from './pod-gc.ts';
import { startTaintEvictionController } from './taint-eviction.ts';

/** Starts the controllers that watch over nodes: they need kubelets that tell of themselves. */
export function startNodeControllers(context: ControllerContext): Disposable {
  return disposeAll([
    startNodeLifecycleController(context),
    startTaintEvictionController(context),
    startPodGarbageCollector(context),
  ]);
}
