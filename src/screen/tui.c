/* SPDX-License-Identifier: MIT */
/*
 * Curses, and nothing but curses: copies the app's grid to the terminal and keys to the app.
 *
 * Keeps true: the terminal is given back whatever ends the process; an escape sequence that is not
 * decoded is swallowed whole and never read as its letters; pasted text is dropped; nothing is
 * drawn without an event, so an idle screen sends no bytes; while bytes are being written, signals
 * wait. The signal pipe is the one mutable variable at file scope that the project has: a signal
 * handler has no other way to reach it.
 */
#include "stop7b/tui.h"

#define key_name curses_key_name /* hive.h has a function of that name */
#include <curses.h>
#undef key_name
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "stop7b/i18n.h"
#include "view.h"

#define ESCAPE_MS      50   /* a lone escape byte is the Esc key after this long */
#define QUIET_MS       300  /* opening shorter than this shows no opening page */
#define REPAINT_MS     200  /* between two pictures of the opening page */
#define PASTE_MS       1000 /* a paste whose end does not come is over */
#define DEAD_WAKEUPS   64   /* input that is ready and gives nothing: the terminal is gone */
#define ROW_MAX        1024 /* cells of one run that are sent together */
#define CODE_PASTE     (KEY_MAX + 1)
#define CODE_PASTE_END (KEY_MAX + 2)
#define PASTE_ON       "\033[?2004h"
#define PASTE_OFF      "\033[?2004l"

static int signal_pipe[2] = {-1, -1};

struct tui {
	struct app app;
	SCREEN *screen;
	char fallback[64]; /* terminal description used instead of $TERM */
	bool colour;
	int signal; /* that ends the program, 0: none */
	uint64_t painted_ms;
	sigset_t held; /* signal mask to restore after a write */
};

/* ---- signals ---- */

static void on_signal(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;
	ssize_t n = write(signal_pipe[1], &byte, 1);
	(void)n; /* a full pipe already wakes the loop */
	errno = saved;
}

/* The terminal first, then the death that was due. */
static void on_fatal(int number)
{
	ssize_t n = write(STDOUT_FILENO, PASTE_OFF, sizeof(PASTE_OFF) - 1);
	(void)n;
	endwin();
	signal(number, SIG_DFL);
	raise(number);
}

static const int ending[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static const int waking[] = {SIGWINCH, SIGCONT};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static void handle(const int *signals, size_t n, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < n; i++)
		sigaction(signals[i], &action, NULL);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool catch_signals(void)
{
	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	handle(ending, COUNT(ending), on_signal);
	handle(waking, COUNT(waking), on_signal);
	handle(fatal, COUNT(fatal), on_fatal);
	return true;
}

static void release_signals(void)
{
	handle(ending, COUNT(ending), SIG_DFL);
	handle(waking, COUNT(waking), SIG_DFL);
	handle(fatal, COUNT(fatal), SIG_DFL);
	close(signal_pipe[0]);
	close(signal_pipe[1]);
	signal_pipe[0] = signal_pipe[1] = -1;
}

/* ---- the terminal ---- */

static void send(const char *sequence)
{
	fputs(sequence, stdout);
	fflush(stdout);
}

/* A terminal whose cursor cannot be moved is of no use here. */
static SCREEN *try_terminal(const char *name)
{
	SCREEN *screen = newterm(name, stdout, stdin);
	const char *cup = screen ? tigetstr("cup") : NULL;
	if (!screen || (cup && cup != (char *)-1))
		return screen;
	endwin();
	delscreen(screen);
	return NULL;
}

static bool find_terminal(struct tui *t)
{
	static const char *const others[] = {"xterm-256color", "xterm", "vt100"};
	const char *term = getenv("TERM");
	if (term && strcmp(term, "dumb") == 0)
		return false;
	t->screen = term && term[0] ? try_terminal(term) : NULL;
	for (size_t i = 0; !t->screen && i < COUNT(others); i++) {
		t->screen = try_terminal(others[i]);
		snprintf(t->fallback, sizeof(t->fallback), "%s", others[i]);
	}
	return t->screen != NULL;
}

/* ctrl-c and ctrl-z arrive as keys, so that the command table decides what they do. */
static void take_control_keys(void)
{
	struct termios mode;
	if (tcgetattr(STDIN_FILENO, &mode) < 0)
		return;
	mode.c_cc[VINTR] = mode.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
	def_prog_mode();
}

static bool wants_colour(enum color_when color)
{
	const char *no = getenv("NO_COLOR");
	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return !(no && no[0]);
}

/*
 * What PuTTY, the Linux console and screen send for these keys, and what others send in either mode
 * of the cursor keys, whatever the terminal's description knows of it.
 */
static void define_movers(void)
{
	static const struct {
		const char *bytes;
		int code;
	} movers[] = {
		{"\033[1~", KEY_HOME},  {"\033[4~", KEY_END},  {"\033[5~", KEY_PPAGE},
		{"\033[6~", KEY_NPAGE}, {"\033[7~", KEY_HOME}, {"\033[8~", KEY_END},
		{"\033[H", KEY_HOME},   {"\033[F", KEY_END},   {"\033OH", KEY_HOME},
		{"\033OF", KEY_END},
	};
	for (size_t i = 0; i < COUNT(movers); i++)
		define_key(movers[i].bytes, movers[i].code);
}

static void set_modes(struct tui *t, enum color_when color)
{
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	if (!getenv("ESCDELAY"))
		set_escdelay(ESCAPE_MS);
	curs_set(1);
	take_control_keys();
	t->colour = wants_colour(color) && has_colors() && start_color() == OK;
	if (t->colour) {
		use_default_colors();
		init_pair(INK_RED, COLOR_RED, -1);
		init_pair(INK_MAGENTA, COLOR_MAGENTA, -1);
	}
	define_movers();
	define_key("\033[200~", CODE_PASTE);
	define_key("\033[201~", CODE_PASTE_END);
	send(PASTE_ON);
}

/* ---- drawing ---- */

static attr_t attributes(const struct tui *t, enum role role)
{
	const struct role_look *look = role_look(role);
	unsigned style = t->colour ? look->colour : look->mono;
	attr_t a = A_NORMAL;
	a |= style & STYLE_BOLD ? A_BOLD : 0;
	a |= style & STYLE_UNDERLINE ? A_UNDERLINE : 0;
	a |= style & STYLE_REVERSE ? A_REVERSE : 0;
	a |= style & STYLE_DIM ? A_DIM : 0;
	return a;
}

/* Blanks that look like nothing are left to erase(), which costs no bytes. */
static bool is_empty(const struct tui *t, const struct cell *cell)
{
	attr_t a = attributes(t, cell->role);
	bool blank = !cell->tail && (cell->ch[0] == 0 || cell->ch[0] == L' ');
	return blank && !(a & (A_REVERSE | A_UNDERLINE));
}

static int blit_run(struct tui *t, const struct grid *g, int x, int y)
{
	wchar_t text[ROW_MAX * CELL_CHARS];
	size_t n = 0;
	int start = x;
	const struct cell *first = grid_cell(g, x, y);
	for (; x < g->w && x - start < ROW_MAX; x++) {
		const struct cell *cell = grid_cell(g, x, y);
		if (cell->role != first->role || is_empty(t, cell) != is_empty(t, first))
			break;
		if (!cell->tail && !cell->ch[0])
			text[n++] = L' ';
		for (int i = 0; i < CELL_CHARS && cell->ch[i]; i++)
			text[n++] = cell->ch[i];
	}
	if (is_empty(t, first))
		return x;
	const enum ink ink = role_look(first->role)->ink;
	attr_set(attributes(t, first->role), (short)(t->colour ? ink : 0), NULL);
	mvaddnwstr(y, start, text, (int)n);
	return x;
}

static void paint(void *ctx)
{
	struct tui *t = ctx;
	struct grid *g = app_draw(&t->app);
	if (!g)
		return;
	erase();
	for (int y = 0; y < g->h; y++)
		for (int x = 0; x < g->w;)
			x = blit_run(t, g, x, y);
	attr_set(A_NORMAL, 0, NULL);
	move(g->cursor_y, g->cursor_x < g->w ? g->cursor_x : g->w - 1);
	refresh();
	grid_free(g);
}

/* ---- keys ---- */

static uint64_t now_ms(void *ctx)
{
	struct timespec ts;
	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static int named_key(wint_t code)
{
	static const struct {
		wint_t code;
		int key;
	} keys[] = {
		{KEY_UP, K_UP},       {KEY_DOWN, K_DOWN},  {KEY_LEFT, K_LEFT},
		{KEY_RIGHT, K_RIGHT}, {KEY_PPAGE, K_PGUP}, {KEY_NPAGE, K_PGDN},
		{KEY_HOME, K_HOME},   {KEY_END, K_END},    {KEY_DC, K_DELETE},
		{KEY_ENTER, K_ENTER}, {KEY_F(1), K_F1},    {KEY_BACKSPACE, K_BACKSPACE},
	};
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return K_UNKNOWN;
}

/* Everything up to the end of the paste, or until nothing came for a while. */
static int swallow_paste(void)
{
	wint_t c;
	timeout(PASTE_MS);
	for (int rc = get_wch(&c); rc != ERR; rc = get_wch(&c))
		if (rc == KEY_CODE_YES && c == CODE_PASTE_END)
			break;
	nodelay(stdscr, TRUE);
	return K_PASTE;
}

/* An escape byte with more behind it is a sequence that curses could not decode. */
static int escape_key(void)
{
	wint_t c;
	bool alone = true;
	while (get_wch(&c) != ERR)
		alone = alone && c == K_ESC;
	return alone ? K_ESC : K_UNKNOWN;
}

static int read_key(void)
{
	wint_t c;
	int rc = get_wch(&c);
	if (rc == ERR)
		return K_NONE;
	if (rc == KEY_CODE_YES)
		return c == CODE_PASTE                          ? swallow_paste()
		       : c == KEY_RESIZE || c == CODE_PASTE_END ? K_RESIZE
								: named_key(c);
	if (c == K_ESC)
		return escape_key();
	if (c == '\n')
		return K_ENTER;
	return c == '\b' ? K_BACKSPACE : (int)c;
}

static void suspend_self(void)
{
	struct sigaction ours;
	send(PASTE_OFF);
	endwin();
	sigaction(SIGTSTP, NULL, &ours);
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
}

static void serve_request(struct tui *t)
{
	if (t->app.request == REQUEST_QUIT)
		return;
	if (t->app.request == REQUEST_SUSPEND)
		suspend_self();
	if (t->app.request == REQUEST_REDRAW)
		clearok(curscr, TRUE);
	t->app.request = REQUEST_NONE;
}

/* All keys that have arrived. True when there was at least one. */
static bool take_keys(struct tui *t)
{
	bool any = false;
	int key;
	while (t->app.request != REQUEST_QUIT && (key = read_key()) != K_NONE) {
		any = true;
		if (key != K_RESIZE)
			app_key(&t->app, key);
		serve_request(t);
	}
	return any;
}

static void resize(struct tui *t)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
		return;
	resizeterm(size.ws_row, size.ws_col);
	app_resize(&t->app, size.ws_col, size.ws_row);
}

static bool is_ending(int number)
{
	for (size_t i = 0; i < COUNT(ending); i++)
		if (ending[i] == number)
			return true;
	return false;
}

/* True when something happened that must be drawn. */
static bool take_signals(struct tui *t)
{
	unsigned char byte;
	bool any = false;
	while (read(signal_pipe[0], &byte, 1) == 1) {
		any = true;
		if (is_ending(byte))
			t->signal = byte;
		else if (byte == SIGCONT) {
			send(PASTE_ON);
			clearok(curscr, TRUE);
		}
		resize(t);
	}
	return any;
}

/* ---- what the app asks of its host ---- */

static void hold_signals(void *ctx, bool on)
{
	struct tui *t = ctx;
	sigset_t set;
	if (!on) {
		sigprocmask(SIG_SETMASK, &t->held, NULL);
		return;
	}
	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(ending); i++)
		sigaddset(&set, ending[i]);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, &t->held);
}

static void drop_typed(void *ctx)
{
	(void)ctx;
	flushinp();
}

static bool pump(void *ctx)
{
	struct tui *t = ctx;
	uint64_t now = now_ms(NULL);
	bool changed = take_signals(t);
	changed = take_keys(t) || changed;
	bool late = now - opening_began_ms(&t->app) >= QUIET_MS;
	if (late && (changed || now - t->painted_ms >= REPAINT_MS)) {
		t->painted_ms = now;
		app_paint(&t->app);
	}
	return t->signal == 0 && t->app.request != REQUEST_QUIT;
}

/* ---- the loop ---- */

static void wait_for_event(struct tui *t, int *dead)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
			       {.fd = signal_pipe[0], .events = POLLIN}};
	if (poll(fds, COUNT(fds), -1) < 0 && errno != EINTR)
		t->signal = SIGHUP;
	*dead = fds[0].revents ? *dead + 1 : 0;
	if (*dead > DEAD_WAKEUPS)
		t->signal = SIGHUP;
}

static void loop(struct tui *t)
{
	int dead = 0;
	paint(t);
	while (t->app.request != REQUEST_QUIT && t->signal == 0) {
		bool changed = take_signals(t);
		if (take_keys(t)) {
			dead = 0;
			changed = true;
		}
		if (t->app.request == REQUEST_QUIT || t->signal)
			return;
		if (changed)
			paint(t);
		else
			wait_for_event(t, &dead);
	}
}

static int say_goodbye(struct tui *t, const char *words)
{
	if (t->signal == 0)
		return app_exit_status(&t->app);
	fprintf(stderr, _("stop7b: ended by signal %d (%s): %s\n"), t->signal,
		sigabbrev_np(t->signal), words);
	return 128 + t->signal;
}

static void say_fallback(struct tui *t)
{
	const char *term = getenv("TERM");
	if (t->fallback[0])
		snprintf(t->app.message, sizeof(t->app.message),
			 _("TERM=%s is not known on this machine; drawing as %s."),
			 term ? term : "", t->fallback);
}

int tui_run(const char *path, const struct session_options *options, enum color_when color)
{
	char words[APP_TEXT];
	struct tui *t = calloc(1, sizeof(*t));
	if (!t)
		return -1;
	if (!app_init(&t->app, path, options, APP_MIN_W, APP_MIN_H) || !find_terminal(t) ||
	    !catch_signals()) {
		app_end(&t->app);
		free(t);
		return -1;
	}
	set_modes(t, color);
	app_resize(&t->app, COLS, LINES);
	t->app.host = (struct app_host){.ctx = t,
					.paint = paint,
					.busy = hold_signals,
					.drop_typed = drop_typed,
					.pump = pump,
					.now_ms = now_ms};
	app_open(&t->app);
	say_fallback(t);
	if (t->signal == 0)
		loop(t);
	app_last_words(&t->app, words, sizeof(words));
	send(PASTE_OFF);
	endwin();
	int status = say_goodbye(t, words);
	app_end(&t->app);
	delscreen(t->screen);
	release_signals();
	free(t);
	return status;
}
