// Prints "passed failed skipped" of a vitest JSON report to file descriptor 3, and by name what was
// skipped or failed to standard output. Usage: node count-tests.mjs REPORT STATUS, STATUS being vitest's.
import { readFileSync, writeSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const count = { passed: 0, failed: 0, skipped: 0 };

let files = [];
try {
  files = JSON.parse(readFileSync(file, 'utf8')).testResults;
} catch (error) {
  console.log(`no report: ${error.message}`);
}
for (const { name, status: fileStatus, assertionResults, message } of files) {
  for (const { status: testStatus, fullName } of assertionResults) {
    if (testStatus === 'passed') count.passed += 1;
    else if (testStatus === 'failed') count.failed += 1;
    else count.skipped += 1;
    if (testStatus !== 'passed') console.log(`${testStatus === 'failed' ? 'failed ' : 'skipped'} ${fullName}`);
  }
  // A file that could not even be loaded has no tests to count.
  if (fileStatus === 'failed' && !assertionResults.some((result) => result.status === 'failed')) {
    count.failed += 1;
    console.log(`failed  ${name}: ${message}`);
  }
}
// An error outside every test, a time limit, a crash: something failed even where no test did.
if (Number(status) !== 0 && count.failed === 0) {
  count.failed = 1;
  console.log(`failed  vitest ended with status ${status} although no test failed`);
}
if (Number(status) === 0 && count.passed + count.skipped === 0) {
  count.failed += 1;
  console.log('failed  vitest ended well without a single test');
}
writeSync(3, `${count.passed} ${count.failed} ${count.skipped}\n`);
