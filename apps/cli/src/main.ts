import 'reflect-metadata';
import { reportFailure } from './failure';
import { createProgram } from './program';

// Not process.exit: what is being written to a pipe would be cut off. An open handle would hang, which tests notice.
createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error);
  });
