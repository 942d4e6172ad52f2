// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The smallest TAP producer that is enough: named tests in order, one after the other, all of them even
// after a failure. A test that takes too long fails; nothing is skipped.

type Body = () => void | Promise<void>;

interface Entry {
  name: string;
  body: Body;
  seconds: number;
}

const entries: Entry[] = [];

/** Adds a test. It fails when it throws or takes longer than its seconds. */
export function test(name: string, body: Body, seconds = 180): void {
  entries.push({ name, body, seconds });
}

function withLimit(entry: Entry): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`took longer than ${entry.seconds} s`)),
      entry.seconds * 1000,
    );
    Promise.resolve()
      .then(entry.body)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Runs all tests (or, by hand, those whose name has the words of DAORIAN_ONLY) and prints TAP. The clean-up runs in any case; the exit status says whether all passed. */
export async function runTests(cleanUp: Body = () => undefined): Promise<void> {
  const only = process.env.DAORIAN_ONLY ?? '';
  const chosen = entries.filter((entry, index) => index === 0 || new RegExp(only).test(entry.name));
  process.stdout.write(`TAP version 13\n1..${chosen.length}\n`);
  let failed = 0;
  for (const [index, entry] of chosen.entries()) {
    const began = Date.now();
    try {
      await withLimit(entry);
      process.stdout.write(`ok ${index + 1} - ${entry.name}\n`);
    } catch (error) {
      failed += 1;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stdout.write(`not ok ${index + 1} - ${entry.name}\n`);
      for (const line of text.split('\n')) process.stdout.write(`# ${line}\n`);
    }
    process.stdout.write(`# ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
  }
  await cleanUp();
  process.exit(failed === 0 ? 0 : 1);
}
