import { canInstallPackages, installPackages } from '../services/debian.js';
import { findProgram, isExecutable } from '../services/programs.js';

/** Names the browser's program; Jest's workers learn by it, too, what the global set-up found. */
const VARIABLE = 'PLANWRIGHT_CHROMIUM';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** Where installers put it that leave the path alone. */
const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The Chromium on this machine: the one that is named, which is then the only one, else on the path or at a usual place. */
function findChromium(): string | undefined {
  const named = process.env[VARIABLE];
  if (named && !isExecutable(named))
    throw new Error(`${VARIABLE} names ${named}, which is no program: correct it, or unset it.`);
  return named || NAMES.map(findProgram).find((path) => path !== undefined) || PLACES.find(isExecutable);
}

/** The browser of this test run, for tests. Throws a sentence that says what to do where there is none. */
export function chromiumPath(): string {
  const path = findChromium();
  if (path) return path;
  throw new Error(
    `Tests of the workspace need Chromium, and none was found: install it, or name its program in ${VARIABLE}.`,
  );
}

/**
 * Sees to a browser for the tests that want one: from Debian's packages for root, where none is there. Answers a line for
 * the log. What can't be had is no error here, as most tests do without.
 */
export async function provideChromium(): Promise<string> {
  try {
    if (!findChromium() && canInstallPackages()) await installPackages(['chromium']);
    const path = chromiumPath();
    process.env[VARIABLE] = path;
    return `chromium: found at ${path}`;
  } catch (error) {
    return `chromium: ${error instanceof Error ? error.message : String(error)}`;
  }
}
