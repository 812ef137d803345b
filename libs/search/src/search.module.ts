import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RepositoriesModule } from '@central-index/repositories';
import { PostgresEngine } from './postgres.engine';
import { SearchDocumentEntity } from './search-document.entity';
import { SearchEngine } from './search-engine';
import { SearchMirrorEntity } from './search-mirror.entity';
import { SearchOutboxEntity } from './search-outbox.entity';
import { SearchPostingEntity } from './search-posting.entity';
import { SearchSpellingEntity } from './search-spelling.entity';
import { SearchSync } from './search-sync.service';
import { SearchService } from './search.service';

/** Gives an app search, by the PostgreSQL engine. */
@Module({
  imports: [
    RepositoriesModule,
    TypeOrmModule.forFeature([
      SearchDocumentEntity,
      SearchMirrorEntity,
      SearchOutboxEntity,
      SearchPostingEntity,
      SearchSpellingEntity,
    ]),
  ],
  providers: [{ provide: SearchEngine, useClass: PostgresEngine }, SearchService, SearchSync],
  exports: [SearchService, SearchSync],
})
export class SearchModule {}
