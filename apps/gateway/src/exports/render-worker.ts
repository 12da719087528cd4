import { parentPort, workerData } from 'node:worker_threads';
import { renderDocument } from '@planwright/export/render';
import type { DocumentRequest } from '@planwright/export/render';

// A thread of its own for one document; `RenderInWorker` starts it, and it ends when it has answered.
parentPort?.postMessage(await renderDocument(workerData as DocumentRequest));
