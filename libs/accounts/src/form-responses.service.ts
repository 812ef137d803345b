import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Database, Sealer } from '@central-index/platform/database';
import type { Repository } from 'typeorm';
import { formInProgress } from './accounts.errors';
import { FormResponseEntity } from './form-response.entity';
import { claimFormResponse } from './form-responses.queries';
import type { Account } from './identity';

/** A form that an account submits: the secret is random, and only the form contains it. */
export interface SubmittedOnce {
  readonly account: Account;
  readonly secret: string;
  /** All its fields: after a change, it is another submission. */
  readonly content: string;
}

const maxWaitMs = 10_000;
const pollIntervalMs = 50;

/**
 * Lets a form that is submitted twice have one effect, in whichever processes: the second submission gets the response of
 * the first. A response may contain a secret that is shown once, so it is stored under a key that only the form has.
 */
@Injectable()
export class FormResponsesService {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    @InjectRepository(FormResponseEntity) private readonly responses: Repository<FormResponseEntity>,
  ) {}

  /**
   * Returns undefined for the first submission, which then must be completed or cancelled; for another one the response,
   * after waiting for it. Throws FORM_IN_PROGRESS if that takes too long.
   */
  async begin(form: SubmittedOnce): Promise<string | undefined> {
    const key = keyOf(form);
    const deadline = performance.now() + maxWaitMs;
    while (performance.now() < deadline) {
      if ((await this.database.execute(claimFormResponse, [key])) === 1) return undefined;
      const row = await this.responses.findOneBy({ key });
      if (row?.response) return this.sealer.unseal(purposeOf(form), row.response).toString('utf8');
      if (row !== null) await pause(pollIntervalMs);
    }
    throw formInProgress();
  }

  /** Stores the response to the first submission. */
  async complete(form: SubmittedOnce, response: string): Promise<void> {
    const sealed = this.sealer.seal(purposeOf(form), response);
    await this.responses.update({ key: keyOf(form) }, { response: sealed });
  }

  /** Deletes the claim of the first submission, which had no effect: the form may be submitted again. */
  async cancel(form: SubmittedOnce): Promise<void> {
    await this.responses.delete({ key: keyOf(form) });
  }
}

const purposeOf = ({ secret }: SubmittedOnce): string => `form-response:${secret}`;

const keyOf = ({ account, secret, content }: SubmittedOnce): Buffer =>
  createHash('sha256').update(`${account.id}:${secret}:${content}`).digest();
