/* SPDX-License-Identifier: MIT */
/*
 * A Windows program that does what a test tells it: what bcdedit.exe and xcopy.exe are below Wine
 * in test_cleanup_wine. Its command line goes into C:\ask; C:\answer has its exit status as the
 * first character, and behind it what it prints. No C library: wine_prefix.sh links it against
 * Wine's kernel32 alone.
 */
typedef void *HANDLE;
typedef unsigned long DWORD;
#define IMPORT __declspec(dllimport)

#define STDOUT        ((DWORD)-11)
#define READ          0x80000000u
#define WRITE         0x40000000u
#define CREATE_ALWAYS 2u
#define OPEN_EXISTING 3u
#define NO_FILE       ((HANDLE)(long long)-1)
#define PAUSE_MS      1u
#define PATIENCE      60000u /* pauses */

IMPORT const char *GetCommandLineA(void);
IMPORT HANDLE CreateFileA(const char *, DWORD, DWORD, void *, DWORD, DWORD, HANDLE);
IMPORT int WriteFile(HANDLE, const void *, DWORD, DWORD *, void *);
IMPORT int ReadFile(HANDLE, void *, DWORD, DWORD *, void *);
IMPORT int CloseHandle(HANDLE);
IMPORT int MoveFileA(const char *, const char *);
IMPORT int DeleteFileA(const char *);
IMPORT HANDLE GetStdHandle(DWORD);
IMPORT void Sleep(DWORD);
IMPORT void ExitProcess(unsigned);
IMPORT int lstrlenA(const char *);

static void ask(const char *words)
{
	DWORD n;
	HANDLE f = CreateFileA("C:\\ask.new", WRITE, 0, 0, CREATE_ALWAYS, 0, 0);
	WriteFile(f, words, (DWORD)lstrlenA(words), &n, 0);
	CloseHandle(f);
	MoveFileA("C:\\ask.new", "C:\\ask");
}

/* The exit status. */
static unsigned tell(HANDLE f)
{
	static char bytes[4096];
	char status = '9';
	DWORD n, written;
	ReadFile(f, &status, 1, &n, 0);
	while (ReadFile(f, bytes, sizeof(bytes), &n, 0) && n > 0)
		WriteFile(GetStdHandle(STDOUT), bytes, n, &written, 0);
	CloseHandle(f);
	DeleteFileA("C:\\answer");
	return (unsigned)(status - '0');
}

void start(void)
{
	ask(GetCommandLineA());
	for (DWORD i = 0; i < PATIENCE; i++) {
		HANDLE f = CreateFileA("C:\\answer", READ, 0, 0, OPEN_EXISTING, 0, 0);
		if (f != NO_FILE)
			ExitProcess(tell(f));
		Sleep(PAUSE_MS);
	}
	ExitProcess(9);
}
