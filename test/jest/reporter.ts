import type { AggregatedResult, Reporter, Test, TestContext, TestResult } from '@jest/reporters';
import { splitReason } from './skip-reason';
import { sourcePath } from './source-path';

type Case = TestResult['testResults'][number];

/** Says what each file's tests came to, in full where they fail, and at the end again what failed or was skipped. */
export default class TestReporter implements Reporter {
  private readonly failures: string[] = [];
  private readonly skips: string[] = [];

  constructor(private readonly config: { rootDir: string; testNamePattern?: string }) {}

  onTestResult(test: Test, result: TestResult): void {
    const file = sourcePath(this.config.rootDir, test.path);
    const duration = result.perfStats.end - result.perfStats.start;
    const hasFailed = result.numFailingTests > 0 || result.testExecError !== undefined;
    const project = test.context.config.displayName?.name ?? '';
    print(`${hasFailed ? '✖' : '✔'} ${project} ${file} (${seconds(duration)})`);
    for (const one of result.testResults) this.printCase(file, one);
    for (const { message } of result.console ?? []) print(`    ${message}`);
    if (result.testExecError !== undefined) this.failures.push(file);
    if (result.failureMessage) print(result.failureMessage);
  }

  onRunComplete(_contexts: Set<TestContext>, results: AggregatedResult): void {
    printList('Skipped:', this.skips);
    printList('Failed:', this.failures);
    const { runExecError } = results;
    if (runExecError) print(String(runExecError.stack ?? runExecError.message));
    print(`\n${results.numTotalTestSuites} files in ${seconds(Date.now() - results.startTime)}`);
  }

  private printCase(file: string, { ancestorTitles, title, status, duration, failureMessages }: Case): void {
    const path = [...ancestorTitles, title].join(' › ');
    if (status === 'failed') {
      this.failures.push(`${file}: ${path}`);
      print(`    ✖ ${path}${failureMessages.length === 0 ? '' : ', see below'}`);
    } else if (status === 'passed') {
      print(`    ✔ ${path} (${Math.round(duration ?? 0)} ms)`);
    } else {
      const { title: name, reason } = splitReason(path);
      // `-t` skips all others, which goes without saying.
      if (reason === undefined && this.config.testNamePattern) return;
      const line = `${name}: skipped, ${reason ?? 'no reason is given'}`;
      this.skips.push(`${file}: ${line}`);
      print(`    - ${line}`);
    }
  }
}

function printList(heading: string, lines: readonly string[]): void {
  if (lines.length > 0) print(['', heading, ...lines.map((line) => `  ${line}`)].join('\n'));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
