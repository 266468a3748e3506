import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { RoomId } from '../../contract/ids.ts';
import type { ChildStatus } from '../../contract/status.ts';
import { ChildSupervisor } from '../supervise/child-supervisor.ts';

/** What the demo origin says once it serves. */
const DemoReport = z.object({
  type: z.literal('ready'),
  rooms: z.array(z.object({ id: RoomId, name: z.string(), platform: z.string(), host: z.string(), url: z.string(), chatUrl: z.string().nullable() })),
});
type DemoReport = z.infer<typeof DemoReport>;

/** A demo room as its origin serves it. */
export type DemoRoom = DemoReport['rooms'][number];

const readyTimeoutMs = 20_000;

/** Runs the demo origin as a child: a real HTTP server that knows nothing of the workstation. */
export class DemoHost {
  readonly #child: ChildSupervisor<never, DemoReport>;
  readonly #onRooms: (rooms: DemoRoom[]) => void;
  #waiting: ((rooms: DemoRoom[]) => void)[] = [];
  #rooms: DemoRoom[] | null = null;
  constructor(onRooms: (rooms: DemoRoom[]) => void, onStatus: (status: ChildStatus) => void) {
    this.#onRooms = onRooms;
    this.#child = new ChildSupervisor<never, DemoReport>({
      name: 'demo', entryFile: fileURLToPath(new URL('../demo/demo-worker.ts', import.meta.url)),
      args: ['--media', fileURLToPath(new URL('../../../resources/demo', import.meta.url)), '--port', '0', '--started-at', String(Date.now())], reportSchema: DemoReport,
      onReport: (report) => this.#ready(report.rooms), onStatus,
    });
  }

  /** Whether the origin serves. */
  get isRunning(): boolean {
    return this.#rooms !== null;
  }

  /** The child's condition. */
  get status(): ChildStatus {
    return this.#child.status;
  }

  /** Starts the origin, or returns the rooms of the running one. */
  async start(): Promise<DemoRoom[]> {
    if (this.#rooms !== null) return this.#rooms;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new FaultError(makeFault('timed-out', 'demo', '演示直播源没有启动'))), readyTimeoutMs);
      this.#waiting.push((rooms) => {
        clearTimeout(timer);
        resolve(rooms);
      });
      if (this.#waiting.length === 1) this.#child.start();
    });
  }

  /** Ends the origin. */
  async stop(): Promise<void> {
    await this.#child.stop(1000);
  }

  // After a crash the origin comes back on another port: the rooms follow it.
  #ready(rooms: DemoRoom[]): void {
    this.#rooms = rooms;
    this.#onRooms(rooms);
    for (const resolve of this.#waiting.splice(0)) resolve(rooms);
  }
}
