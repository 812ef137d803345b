import { jest } from '@jest/globals';

// Acceptance tests start engines, cut the power and push layers that take longer than a token lives.
jest.setTimeout(900_000);
