// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// FTS5's tokenizer interface (https://www.sqlite.org/fts5.html#custom_tokenizers) over our
// tokenizer.
#include "catalog/fts.h"

#include "catalog/connection.h"
#include "catalog/statement.h"

typedef struct {
    void *context;                                          // (not owned): FTS5's
    int (*token)(void *, int, const char *, int, int, int); // FTS5's
} FtsSink;

static int
give_token(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes,
           gsize start, gsize end)
{
    FtsSink *sink = data;
    int flags = kind == CATALOG_TOKENIZER_SUB_WORD ? FTS5_TOKEN_COLOCATED : 0;
    return sink->token(sink->context, flags, token, (int)token_bytes, (int)start, (int)end);
}

static int
create_tokenizer(void *context, const char **arguments, int n_arguments, Fts5Tokenizer **out)
{
    *out = context;
    return SQLITE_OK;
}

static void
delete_tokenizer(Fts5Tokenizer *tokenizer)
{
}

/* A term of a query was broken and folded by query.c already: it is one token as it stands. */
static int
run_tokenizer(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int bytes,
              int (*token)(void *, int, const char *, int, int, int))
{
    if ((flags & FTS5_TOKENIZE_QUERY) != 0)
        return token(context, 0, text, bytes, 0, bytes);
    FtsSink sink = {context, token};
    return catalog_tokenizer_run((CatalogTokenizer *)tokenizer, text, (gsize)MAX(bytes, 0), TRUE,
                                 give_token, &sink);
}

static const char API_SQL[] = "SELECT fts5(:api)";

gboolean
catalog_fts_register(CatalogDatabase *database, GError **error)
{
    static const fts5_tokenizer methods = {create_tokenizer, delete_tokenizer, run_tokenizer};
    fts5_api *api = NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, API_SQL);
    catalog_statement_bind_pointer(statement, ":api", &api, "fts5_api_ptr");
    if (!catalog_statement_run(statement, error))
        return FALSE;
    fts5_tokenizer copy = methods;
    int code = api == NULL
                   ? SQLITE_MISUSE
                   : api->xCreateTokenizer(api, "daorian",
                                           catalog_connection_get_tokenizer(database), &copy, NULL);
    if (code != SQLITE_OK)
        catalog_connection_set_error(catalog_connection_get_handle(database), code, error);
    return code == SQLITE_OK;
}
