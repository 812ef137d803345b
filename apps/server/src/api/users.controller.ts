import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import { SignUpService } from '@central-index/namespaces';
import { Access, Address } from '../access/access.decorator';
import { newUserSchema, toUser, userSchema, type NewUserDto, type UserDto } from './users.dto';

/** Sign-up. */
@Controller('api/v1/users')
export class UsersController {
  constructor(private readonly signUps: SignUpService) {}

  @Post()
  @Access('anyone')
  @ApiOperation({ summary: 'Sign up' })
  @ApiCreatedResponse({ standardSchema: userSchema })
  async create(
    @Body({ schema: newUserSchema }) body: NewUserDto,
    @Address() address: string,
  ): Promise<UserDto> {
    return toUser(await this.signUps.signUp(body, { address }));
  }
}
