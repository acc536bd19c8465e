@rem stop7b 0.1, 2026-01-02T03:04:05Z: takes entries out of a boot menu
@echo off
rem Store: ./BCD.host
rem Image: win7.vhd
rem Disk on the host: D:\vhd\win7.vhd
rem Run it as administrator on the machine that owns this boot store:
rem   without an argument  it shows what it would do and changes nothing
rem   /go                  saves the store first, then does it; stops at the first surprise
rem   /undo                puts the saved store back, all of it
rem Running it twice is harmless.
rem
rem 1. {22222222-0000-11e4-9e43-806e6f6e6963}
rem   description: Windows 7 (VHD)
rem   device: vhd=[mbr:36234da4:0x100000]\vhd\win7.vhd,locate=custom:12000002
rem   Windows on: vhd=[mbr:36234da4:0x100000]\vhd\win7.vhd,locate=custom:22000002
rem   why: device and osdevice name this path
rem   its resume object {2222aaaa-0000-11e4-9e43-806e6f6e6963}: goes with it (/cleanup)
rem   its recovery entry {4444bbbb-0000-11e4-9e43-806e6f6e6963}: no longer referenced; not deleted
rem   the ramdisk options of its recovery entry {55555555-5555-5555-5555-555555555555}: no longer referenced; not deleted
rem   note: It is the default entry: another one becomes the default first.
rem   note: It was to be started once at the next boot.
rem   note: It is in the tools menu.
rem   note: If it is the Windows that is running, the plan stops on the host.
rem
rem Not in the plan: {9dea862c-5cdd-4e70-acc1-f32b344d4795} Windows Boot Manager: its id is one of Windows' own
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

rem ---- check entry 1
set "HERE0="
set "DEFAULT0="
set "SEEN="
set "NEXT="
set "FACT0="
set "FACT1="
set "FACT2="
set "FACT3="
set "FACT4="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum {22222222-0000-11e4-9e43-806e6f6e6963} /v') do (
  if defined NEXT if not defined SEEN if /i "%%b"=="{22222222-0000-11e4-9e43-806e6f6e6963}" set "SEEN=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd" set "FACT0=1"
  if "%%a"=="device" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd,locate=custom:12000002" set "FACT0=1"
  if /i "%%a %%b"=="path \Windows\system32\winload.exe" set "FACT1=1"
  if /i "%%a %%b"=="description Windows 7 (VHD)" set "FACT2=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd" set "FACT3=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd,locate=custom:22000002" set "FACT3=1"
  if /i "%%a %%b"=="systemroot \Windows" set "FACT4=1"
)
if not defined SEEN goto checked0
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: its kind is not what the plan saw"
if not defined S7B_osloader_{22222222-0000-11e4-9e43-806e6f6e6963} goto differs
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: its device is not what the plan saw"
if not defined FACT0 goto differs
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: its path is not what the plan saw"
if not defined FACT1 goto differs
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: its description is not what the plan saw"
if not defined FACT2 goto differs
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: its osdevice is not what the plan saw"
if not defined FACT3 goto differs
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: its systemroot is not what the plan saw"
if not defined FACT4 goto differs
set "WHAT={22222222-0000-11e4-9e43-806e6f6e6963}: it is the Windows that is running now; boot another one first"
call :first {current} {22222222-0000-11e4-9e43-806e6f6e6963}
if defined SAME goto differs
call :first {default} {22222222-0000-11e4-9e43-806e6f6e6963}
if defined SAME set "DEFAULT0=1"
set "HERE0=1"
set "WORK=1"
:checked0
if not defined WORK goto nothing
set "OTHER="
if not defined OTHER if defined S7B_osloader_{33333333-0000-11e4-9e43-806e6f6e6963} set "OTHER={33333333-0000-11e4-9e43-806e6f6e6963}"
if not defined OTHER if defined S7B_osloader_{11111111-0000-11e4-9e43-806e6f6e6963} set "OTHER={11111111-0000-11e4-9e43-806e6f6e6963}"
if not defined OTHER goto lastone
set "NEWDEFAULT=%OTHER%"
call :first {current} {33333333-0000-11e4-9e43-806e6f6e6963}
if defined SAME set "NEWDEFAULT={current}"
call :first {current} {11111111-0000-11e4-9e43-806e6f6e6963}
if defined SAME set "NEWDEFAULT={current}"
if not defined HERE0 goto shown0
"%BCD%" %STORE% /enum {22222222-0000-11e4-9e43-806e6f6e6963} /v
echo.
if defined DEFAULT0 echo To do: bcdedit %STORE% /default %NEWDEFAULT%
echo To do: bcdedit %STORE% /bootsequence {22222222-0000-11e4-9e43-806e6f6e6963} /remove
echo To do: bcdedit %STORE% /toolsdisplayorder {22222222-0000-11e4-9e43-806e6f6e6963} /remove
echo To do: bcdedit %STORE% /delete {22222222-0000-11e4-9e43-806e6f6e6963} /cleanup
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
if not defined DEFAULT0 goto chosen0
"%BCD%" %STORE% /default %NEWDEFAULT%
if errorlevel 1 goto failed
:chosen0
"%BCD%" %STORE% /bootsequence {22222222-0000-11e4-9e43-806e6f6e6963} /remove
if errorlevel 1 goto failed
"%BCD%" %STORE% /toolsdisplayorder {22222222-0000-11e4-9e43-806e6f6e6963} /remove
if errorlevel 1 goto failed
"%BCD%" %STORE% /delete {22222222-0000-11e4-9e43-806e6f6e6963} /cleanup
if errorlevel 1 goto failed
call :first {22222222-0000-11e4-9e43-806e6f6e6963} {22222222-0000-11e4-9e43-806e6f6e6963}
if defined SEEN goto failed
set "S7B_all_{22222222-0000-11e4-9e43-806e6f6e6963}="
set "S7B_all_{2222aaaa-0000-11e4-9e43-806e6f6e6963}="
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
