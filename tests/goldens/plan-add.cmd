@rem stop7b 0.1, 2026-01-02T03:04:05Z: makes a boot entry for a virtual disk
@echo off
rem Image: win7.vhd
rem Disk on the host: D:\vhd\win7.vhd
rem Run it as administrator; without /go it shows what it would do.
rem Note: The file must lie on an NTFS volume of a local disk.
rem Note: Windows makes a growing disk as large as it can get when it starts from it: keep 40960 MiB free on the host's volume, less what the file has now.
rem Note: Where BitLocker protects the host, suspend it first; the volume that holds the file must not be encrypted.
rem Note: Not every edition of Windows starts from a virtual disk: Windows 7 only as Enterprise, Ultimate or Server; VHDX only from Windows 8 on.
rem Note: The copy keeps the path of the entry it is made from: winload.efi on a UEFI machine, winload.exe on a BIOS machine.
setlocal EnableExtensions DisableDelayedExpansion
set "BCD=%SystemRoot%\System32\bcdedit.exe"
if exist "%SystemRoot%\Sysnative\bcdedit.exe" set "BCD=%SystemRoot%\Sysnative\bcdedit.exe"
set "FILE="
set "STORE="
if defined FILE set STORE=/store "%FILE%"
set "GO="
if /i "%~1"=="/go" set "GO=1"
if not defined GO if not "%~1"=="" goto usage
call :first {bootmgr}
if not defined SEEN goto noaccess
set "FOUND="
set "ANY="
set "NEXT="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum osloader /v') do (
  if defined NEXT set "ANY=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd" set "FOUND=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd,locate=custom:12000002" set "FOUND=1"
  if "%%a"=="osdevice" for /f "tokens=1,2* delims=[]" %%c in ("%%b") do if /i "%%c[]%%e"=="vhd=[]\vhd\win7.vhd,locate=custom:22000002" set "FOUND=1"
)
if not defined ANY goto blind
if defined FOUND goto there
set "NEW=new"
echo To do: bcdedit %STORE% /copy {current} /d "Windows (win7.vhd)"
echo To do: bcdedit %STORE% /set {%NEW%} device "vhd=[D:]\vhd\win7.vhd"
echo To do: bcdedit %STORE% /set {%NEW%} osdevice "vhd=[D:]\vhd\win7.vhd"
echo To do: bcdedit %STORE% /set {%NEW%} detecthal on
echo To do: bcdedit %STORE% /displayorder {%NEW%} /addlast
if not defined GO goto dry
set "NEW="
for /f "tokens=2 delims={}" %%a in ('%BCD% %STORE% /copy {current} /d "Windows (win7.vhd)"') do set "NEW=%%a"
if not defined NEW goto nocopy
"%BCD%" %STORE% /set {%NEW%} device "vhd=[D:]\vhd\win7.vhd"
if errorlevel 1 goto failed
"%BCD%" %STORE% /set {%NEW%} osdevice "vhd=[D:]\vhd\win7.vhd"
if errorlevel 1 goto failed
"%BCD%" %STORE% /set {%NEW%} detecthal on
if errorlevel 1 goto failed
"%BCD%" %STORE% /displayorder {%NEW%} /addlast
if errorlevel 1 goto failed
echo Made {%NEW%}.
"%BCD%" %STORE% /enum {%NEW%} /v
echo To undo: bcdedit %STORE% /delete {%NEW%} /cleanup
exit /b 0

:first
set "NEXT="
set "SEEN="
for /f "tokens=1*" %%a in ('%BCD% %STORE% /enum %1 /v') do (
  if defined NEXT set "SEEN=1"
  set "NEXT=1"
  for /f "delims=-" %%c in ("%%a") do set "NEXT="
)
goto :eof

:dry
echo Nothing was changed. To do it: "%~nx0" /go
exit /b 0
:there
echo An entry for this disk is there already: nothing to do.
exit /b 0
:usage
echo "%~nx0" [/go]
exit /b 2
:noaccess
echo The boot store cannot be read. Run this file as administrator.
exit /b 1
:blind
echo Not one entry that starts Windows was seen in what bcdedit prints.
echo So this file cannot tell whether its own is there. Nothing was changed.
exit /b 1
:nocopy
echo bcdedit could not copy an entry. Nothing was changed.
exit /b 1
:failed
echo bcdedit did not do it; the new entry is taken away again.
"%BCD%" %STORE% /delete {%NEW%} /cleanup
exit /b 1
