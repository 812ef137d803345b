import 'reflect-metadata';
import { reportFailure } from './failure';
import { createProgram } from './program';

// Not process.exit, which would truncate output to a pipe. Tests find handles that keep the process alive.
createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error);
  });
