import TestRunner from 'jest-runner';

/** Runs one file at a time. Jest ends one runner before it begins the next. */
export default class SerialRunner extends TestRunner {
  override readonly isSerial = true;
}
