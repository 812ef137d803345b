import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access.decorator';

/**
 * The ping of the v1 protocol. It must state that the index is not standalone: otherwise a client sends its user's
 * password, even an empty one, with every request and never uses tokens. Docker 1.5 to 1.7 read it from the body.
 */
@ApiExcludeController()
@Controller('v1/_ping')
export class PingController {
  @Get()
  @Access('probe')
  @Header('X-Docker-Registry-Version', '0.6.0')
  @Header('X-Docker-Registry-Standalone', 'false')
  ping(): { standalone: false } {
    return { standalone: false };
  }
}
