// lex_internal.h: the tokens of one declaration's text, with Go's automatic semicolons.
//
// A Lexer is a value: copying it saves the place, assigning the copy back returns to it (errors reported meanwhile are
// the caller's to undo). Offsets are from the first byte of the text.
#ifndef HEAPLS_LEX_INTERNAL_H
#define HEAPLS_LEX_INTERNAL_H

#include "syntax/ast.h"

typedef enum LexToken {
  LEX_EOF,
  LEX_NAME,
  LEX_LITERAL,   // lit_kind
  LEX_OPERATOR,  // op and precedence; not `*` and `<-`
  LEX_STAR,      // op TOKEN_MUL
  LEX_ARROW,     // op TOKEN_ARROW
  LEX_ASSIGN_OP, // op
  LEX_INC_DEC,   // op TOKEN_ADD or TOKEN_SUB
  LEX_ASSIGN,
  LEX_DEFINE,
  LEX_LPAREN,
  LEX_LBRACK,
  LEX_LBRACE,
  LEX_RPAREN,
  LEX_RBRACK,
  LEX_RBRACE,
  LEX_COMMA,
  LEX_SEMICOLON, // by_newline when inserted
  LEX_COLON,
  LEX_DOT,
  LEX_ELLIPSIS,
  LEX_BAD, // a byte that starts no token

  LEX_BREAK, // keywords from here on
  LEX_CASE,
  LEX_CHAN,
  LEX_CONST,
  LEX_CONTINUE,
  LEX_DEFAULT,
  LEX_DEFER,
  LEX_ELSE,
  LEX_FALLTHROUGH,
  LEX_FOR,
  LEX_FUNC,
  LEX_GO,
  LEX_GOTO,
  LEX_IF,
  LEX_IMPORT,
  LEX_INTERFACE,
  LEX_MAP,
  LEX_PACKAGE,
  LEX_RANGE,
  LEX_RETURN,
  LEX_SELECT,
  LEX_STRUCT,
  LEX_SWITCH,
  LEX_TYPE,
  LEX_VAR,
  LEX_TOKEN_COUNT
} LexToken;
const char *lex_token_text(LexToken); // as messages name it: "name", "{", "keyword range"

// Names met before, so that most of them cost no lock of the interner. One per Parser.
enum { NAME_CACHE_SIZE = 4096 };
typedef struct NameCache {
  Interner *interner;
  struct {
    Sym sym;
    uint8_t token; // LEX_NAME or a keyword
  } entries[NAME_CACHE_SIZE];
} NameCache;
Sym name_cache_get(NameCache *, Str name);

typedef void (*LexError)(void *context, uint32_t offset, const char *message); // message is static

typedef struct Lexer {
  const char *text, *end; // text[length] is a zero byte
  const char *next;
  NameCache *names;
  LexError report;
  void *report_context;

  LexToken token;
  Token op;
  Token lit_kind;
  uint8_t precedence; // of a binary operator; 0: none
  bool by_newline;    // a semicolon that the source does not show
  bool line_end_before_semicolon;
  bool crossed_newline;                     // between this token and the one before
  uint32_t start, stop;                     // this token's bytes
  uint32_t previous_stop;                   // end of the last token that is in the source
  Sym sym;                                  // NAME
  uint32_t directive_start, directive_stop; // `//go:` comments met since the owner zeroed directive_stop
} Lexer;

void lexer_init(Lexer *, NameCache *, Str text, LexError report, void *context); // text is followed by a zero byte
void lexer_next(Lexer *);
bool lexer_at_end(const Lexer *); // nothing but blanks and comments follows the current token

#endif
