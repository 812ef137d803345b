import { Injectable } from '@nestjs/common';

/** Whether this process is stopping. `/readyz` then fails, so that load balancers stop sending before the socket closes. */
@Injectable()
export class Readiness {
  stopping = false;
}
