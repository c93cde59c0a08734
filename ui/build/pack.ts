import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What the whole console may weigh, gzipped. */
const BUDGET = 200 * 1024;

/** Writes each file again as .br and .gz, so that the service never compresses, and holds the console to its budget. */
export function pack(): Plugin {
  let folder = 'dist';
  return {
    name: 'pack',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      let total = 0;
      for (const file of filesUnder(folder)) {
        const bytes = readFileSync(file);
        const gzipped = gzipSync(bytes, { level: 9 });
        total += gzipped.length;
        writeFileSync(`${file}.gz`, gzipped);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: QUALITY }));
      }
      const told = `The console weighs ${(total / 1024).toFixed(1)} KB gzipped, of ${BUDGET / 1024} KB.`;
      if (total > BUDGET)
        throw new Error(`${told} Leave something out, or load it from elsewhere in the page.`);
      this.info(told);
    },
  };
}

const QUALITY = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return /\.(br|gz)$/.test(name) ? [] : [path];
  });
}
