import { Injectable } from '@nestjs/common';

/** Whether this process still takes requests: a balancer must hear "no" before the socket closes. */
@Injectable()
export class Readiness {
  stopping = false;
}
