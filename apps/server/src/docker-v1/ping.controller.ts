import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access.decorator';

/**
 * The probe of the v1 protocol. A client that is not told "not standalone" sends its user's password with every
 * request, empty ones included, and never uses tokens; Docker 1.5 to 1.7 look for it in the body.
 */
@ApiExcludeController()
@Controller('v1/_ping')
export class PingController {
  @Get()
  @Access('operations')
  @Header('X-Docker-Registry-Version', '0.6.0')
  @Header('X-Docker-Registry-Standalone', 'false')
  ping(): { standalone: false } {
    return { standalone: false };
  }
}
