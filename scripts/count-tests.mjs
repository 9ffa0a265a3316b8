// Reads vitest's JSON report and prints "passed failed skipped". For .ci/run.
import { existsSync, readFileSync } from 'node:fs';

const [file, exitCode] = process.argv.slice(2);
const report = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

if (report === undefined) {
  process.stdout.write('0 1 0\n'); // the run broke before it could say anything
} else {
  const passed = report.numPassedTests;
  // A file that can't be loaded has no tests to fail, and must not pass for that reason.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const counted = report.numFailedTests + broken.length;
  const failed = counted === 0 && (exitCode !== '0' || passed === 0) ? 1 : counted;
  process.stdout.write(`${passed} ${failed} ${report.numPendingTests + report.numTodoTests}\n`);
}
