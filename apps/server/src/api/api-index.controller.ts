import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Access } from '../access/access.decorator';

/** Where the REST API is described. */
interface ApiIndex {
  /** The page for people. */
  readonly documentation: string;
  /** The OpenAPI document. */
  readonly openapi: string;
}

const docsPath = '/api/docs';
const openapiPath = '/api/openapi.json';

/** What a person or a program finds who knows only the address of the index. */
@ApiExcludeController()
@Controller()
@Access('anyone')
export class ApiIndexController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Links to the descriptions of the API, in the header by the relations of RFC 8631 as well. */
  @Get(['api', 'api/v1'])
  @Header('link', `<${openapiPath}>; rel="service-desc", <${docsPath}>; rel="service-doc"`)
  index(): ApiIndex {
    const { publicUrl } = this.config.server;
    return { documentation: publicUrl + docsPath, openapi: publicUrl + openapiPath };
  }
}
