@rem stop7b 0.1, 2026-01-02T03:04:05Z: takes entries out of a boot menu
@echo off
rem Image: win7.vhd
rem Disk on the host: D:\vhd\win7.vhd
rem Run it as administrator on the machine that owns this boot store:
rem   without an argument  it shows what it would do and changes nothing
rem   /go                  saves the store first, then does it; stops at the first surprise
rem   /undo                puts the saved store back, all of it
rem Running it twice is harmless.
rem
rem 1. {found}
rem   device: vhd=[D:]\vhd\win7.vhd
rem   Windows on: vhd=[D:]\vhd\win7.vhd
rem   why: found on the host: its device and its osdevice name this disk
rem   note: If it is the default entry, or the Windows that is running, the plan stops on the host.
rem   note: Whether it is in the tools menu or to be started once is not known here; a plan from the host's store takes it out there.
rem
rem Note: The virtual disk's file is not deleted.
rem Note: Entries of the firmware are not touched.
rem Note: Where BitLocker protects the host, suspend it first: a changed boot menu can make it ask for the recovery key.
rem Note: Which entry is running now cannot be known here: the commands ask for it on the host and stop when it is one of these.
rem Note: On a UEFI machine an import can leave a second firmware entry of the same name.
setlocal EnableExtensions DisableDelayedExpansion
set "BCD=%SystemRoot%\System32\bcdedit.exe"
if exist "%SystemRoot%\Sysnative\bcdedit.exe" set "BCD=%SystemRoot%\Sysnative\bcdedit.exe"
set "XCOPY=%SystemRoot%\System32\xcopy.exe"
set "FILE="
set "STORE="
if defined FILE set STORE=/store "%FILE%"
set "BACKUP=%SystemDrive%\bcd-before-stop7b-20260102T030405Z.bak"
set "GO="
if /i "%~1"=="/undo" goto undo
if /i "%~1"=="/go" set "GO=1"
if not defined GO if not "%~1"=="" goto usage
set "WORK="
call :first {bootmgr} {none}
if not defined SEEN goto noaccess
set "ANY="
set "NEXT="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum all /v') do (
  if defined NEXT set "S7B_all_%%b=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
)
set "NEXT="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum osloader /v') do (
  if defined NEXT set "S7B_osloader_%%b=1"
  if defined NEXT set "ANY=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
)
set "NEXT="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum resume /v') do (
  if defined NEXT set "S7B_resume_%%b=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
)
if not defined ANY goto blind

rem ---- find the entry of the disk
set "ID="
set "MORE="
set "OTHER="
set "RESUME="
set "THIS="
set "NEXT="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum osloader /v') do (
  if defined NEXT set "THIS=%%b"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd" call :match
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd,locate=custom:12000002" call :match
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd" call :match
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd,locate=custom:12000002" call :match
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd" call :match
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd,locate=custom:22000002" call :match
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd" call :match
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd,locate=custom:22000002" call :match
  if "%%a"=="osdevice" for /f "delims=[]" %%c in ("%%b") do if not "%%c"=="ramdisk=" call :other
)
if defined MORE goto several
if not defined ID goto notfound

rem ---- check entry 1
set "HERE0="
set "DEFAULT0="
set "SEEN="
set "NEXT="
set "FACT0="
set "FACT1="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum %ID% /v') do (
  if defined NEXT if not defined SEEN if /i "%%b"=="%ID%" set "SEEN=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd" set "FACT0=1"
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd,locate=custom:12000002" set "FACT0=1"
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd" set "FACT0=1"
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd,locate=custom:12000002" set "FACT0=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd" set "FACT1=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[D:]\vhd\win7.vhd,locate=custom:22000002" set "FACT1=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd" set "FACT1=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[%%d]%%e"=="vhd=[locate]\vhd\win7.vhd,locate=custom:22000002" set "FACT1=1"
  if "%%a"=="resumeobject" set "RESUME=%%b"
)
if not defined SEEN goto checked0
set "WHAT=%ID%: its kind is not what the plan saw"
if not defined S7B_osloader_%ID% goto differs
set "WHAT=%ID%: its device is not what the plan saw"
if not defined FACT0 goto differs
set "WHAT=%ID%: its osdevice is not what the plan saw"
if not defined FACT1 goto differs
set "WHAT=%ID%: it is the Windows that is running now; boot another one first"
call :first {current} %ID%
if defined SAME goto differs
call :first {default} %ID%
set "WHAT=%ID%: it is the default entry; make another one the default first"
if defined SAME goto differs
set "HERE0=1"
set "WORK=1"
:checked0
if not defined WORK goto nothing
if not defined OTHER goto lastone
if not defined HERE0 goto shown0
"%BCD%" %STORE% /enum %ID% /v
echo.
echo To do: bcdedit %STORE% /delete %ID% /cleanup
:shown0
if not defined GO goto dry

rem ---- save the store
if exist "%BACKUP%" goto oldbackup
if defined STORE goto savefile
"%BCD%" /export "%BACKUP%"
if errorlevel 1 goto nosave
goto saved
:savefile
type nul >"%BACKUP%"
"%XCOPY%" /h /r /y "%FILE%" "%BACKUP%" >nul
if errorlevel 1 goto nosave
:saved
if not exist "%BACKUP%" goto nosave
echo Saved in %BACKUP%

rem ---- delete entry 1
if not defined HERE0 goto deleted0
"%BCD%" %STORE% /delete %ID% /cleanup
if errorlevel 1 goto failed
call :first %ID% %ID%
if defined SEEN goto failed
set "S7B_all_%ID%="
if defined RESUME set "S7B_all_%RESUME%="
:deleted0

rem ---- verify: everything else is still there
"%BCD%" %STORE% /enum all /v
set "NEXT="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum all /v') do (
  if defined NEXT set "S7B_all_%%b="
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
)
set "LOST="
for /f "delims=" %%a in ('set S7B_all_ 2^>nul') do set "LOST=1"
if defined LOST goto lost
echo Done.
call :how
exit /b 0

rem SEEN: the first word, alias or id, has an entry; SAME: it is the second word
:first
set "NEXT="
set "SEEN="
set "SAME="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum %1 /v') do (
  if defined NEXT if not defined SEEN if /i "%%b"=="%2" set "SAME=1"
  if defined NEXT set "SEEN=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
)
goto :eof
:how
echo To undo: "%~nx0" /undo
if not defined STORE echo which is: bcdedit /import "%BACKUP%"
if defined STORE echo which copies %BACKUP% over "%FILE%"
goto :eof

:undo
if not exist "%BACKUP%" goto nobackup
if defined STORE goto undofile
"%BCD%" /import "%BACKUP%"
if errorlevel 1 goto notback
goto back
:undofile
"%XCOPY%" /h /r /y "%BACKUP%" "%FILE%" >nul
if errorlevel 1 goto notback
:back
echo The boot store is back as %BACKUP% has it.
exit /b 0

:dry
echo Nothing was changed. To do it: "%~nx0" /go
exit /b 0
:nothing
echo None of these entries is there any more: nothing to do.
exit /b 0
:usage
echo "%~nx0" [/go or /undo]
exit /b 2
:blind
echo Not one entry that starts Windows was seen in what bcdedit prints.
echo So this file cannot tell whether its own is there. Nothing was changed.
exit /b 1
:noaccess
echo The boot store cannot be read. Run this file as administrator.
exit /b 1
:differs
echo %WHAT%.
echo Nothing was changed. Make a new plan from this store.
exit /b 1
:lastone
echo No other entry that the plan saw would be left to start Windows. Nothing was changed.
exit /b 1
:oldbackup
echo %BACKUP% is there from an earlier run. Move it away first. Nothing was changed.
exit /b 1
:nosave
echo The boot store could not be saved in %BACKUP%. Nothing was changed.
exit /b 1
:failed
echo bcdedit did not do it. The store as it was is in %BACKUP%.
call :how
exit /b 1
:lost
echo More than was meant is gone:
set S7B_all_
call :how
exit /b 1
:nobackup
echo %BACKUP% is not there: nothing to put back.
exit /b 1
:notback
echo The store could not be put back. It is saved in %BACKUP%.
exit /b 1

:match
if /i "%THIS%"=="%ID%" goto :eof
if defined ID set "MORE=1"
set "ID=%THIS%"
goto :eof
:other
if /i not "%THIS%"=="%ID%" set "OTHER=%THIS%"
goto :eof
:notfound
echo No entry starts this disk: nothing to do.
exit /b 0
:several
echo More than one entry starts this disk. Nothing was changed.
exit /b 1
