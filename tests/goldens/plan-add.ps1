# stop7b 0.1, 2026-01-02T03:04:05Z: makes a boot entry for a virtual disk
# Image: win7.vhd
# Disk on the host: D:\vhd\win7.vhd
# Run it in an elevated PowerShell on the machine that owns this boot store.
# It only shows what it would do. With -Go it saves the store first, then does
# it, and stops at the first surprise.
#
# Note: The file must lie on an NTFS volume of a local disk.
# Note: Windows makes a growing disk as large as it can get when it starts from it: keep 40960 MiB free on the host's volume, less what the file has now.
# Note: Where BitLocker protects the host, suspend it first; the volume that holds the file must not be encrypted.
# Note: Not every edition of Windows starts from a virtual disk: Windows 7 only as Enterprise, Ultimate or Server; VHDX only from Windows 8 on.
# Note: The copy keeps the path of the entry it is made from: winload.efi on a UEFI machine, winload.exe on a BIOS machine.
param([switch]$Go, [switch]$Undo)
$ErrorActionPreference = 'Stop'
$bcd = $env:SystemRoot + '\System32\bcdedit.exe'
$xcopy = $env:SystemRoot + '\System32\xcopy.exe'
$backup = $env:SystemDrive + '\bcd-before-stop7b-20260102T030405Z.bak'
$file = ''
$store = @()

function Stop-Here($text) {
    Write-Host $text
    exit 1
}

function Get-Lines($words) {
    $call = $store + $words
    & $bcd $call
}

function Get-Ids($words) {
    $next = $false
    foreach ($line in @(Get-Lines $words)) {
        if ($next -and ($line -match '\{[0-9a-f-]+\}')) { $matches[0] }
        $next = $line -match '^-+ *$'
    }
}

function Get-Value($lines, $name) {
    foreach ($line in $lines) {
        if ($line -match ('^' + $name + ' +(.*)$')) { return $matches[1] }
    }
    return ''
}

function Get-Path($lines, $name) {
    $value = Get-Value $lines $name
    if ($value -match '^vhd=\[[^\]]*\](.*)$') { return $matches[1] }
    return ''
}

function Test-Same($is, $saw) {
    $code = [Console]::OutputEncoding
    return (($is -eq $saw) -or ($is -eq $code.GetString($code.GetBytes($saw))))
}

function Copy-Store($from, $to) {
    if (-not (Test-Path $to)) { $made = New-Item -ItemType File -Path $to }
    $words = @('/h', '/r', '/y', $from, $to)
    & $xcopy $words
    if ($LASTEXITCODE -ne 0) { Stop-Here 'The store could not be copied.' }
}

function Show-Undo() {
    Write-Host 'To undo: call this file with -Undo.'
    if ($file) { Write-Host ('which copies ' + $backup + ' over ' + $file) }
    else { Write-Host ('which is: bcdedit /import "' + $backup + '"') }
}

function Invoke-Step($words) {
    Write-Host ('bcdedit ' + ($words -join ' '))
    Get-Lines $words
    if ($LASTEXITCODE -ne 0) {
        Write-Host 'bcdedit did not do it.'
        Show-Undo
        exit 1
    }
}
if (@(Get-Ids @('/enum', 'all', '/v')).Count -eq 0) { Stop-Here 'The boot store cannot be read. Run this as administrator.' }

foreach ($line in @(Get-Lines @('/enum', 'osloader', '/v'))) {
    if (Test-Same (Get-Path $line 'osdevice') '\vhd\win7.vhd') {
        Write-Host 'An entry for this disk is there already: nothing to do.'
        exit 0
    }
    if (Test-Same (Get-Path $line 'osdevice') '\vhd\win7.vhd,locate=custom:12000002') {
        Write-Host 'An entry for this disk is there already: nothing to do.'
        exit 0
    }
    if (Test-Same (Get-Path $line 'osdevice') '\vhd\win7.vhd,locate=custom:22000002') {
        Write-Host 'An entry for this disk is there already: nothing to do.'
        exit 0
    }
}
$new = '{new}'
Write-Host ('To do: bcdedit ' + (@('/copy', '{current}', '/d', 'Windows (win7.vhd)') -join ' '))
Write-Host ('To do: bcdedit ' + (@('/set', $new, 'device', 'vhd=[D:]\vhd\win7.vhd') -join ' '))
Write-Host ('To do: bcdedit ' + (@('/set', $new, 'osdevice', 'vhd=[D:]\vhd\win7.vhd') -join ' '))
Write-Host ('To do: bcdedit ' + (@('/set', $new, 'detecthal', 'on') -join ' '))
Write-Host ('To do: bcdedit ' + (@('/displayorder', $new, '/addlast') -join ' '))
if (-not $Go) {
    Write-Host 'Nothing was changed. To do it, call this file with -Go.'
    exit 0
}
$new = ''
foreach ($line in @(Get-Lines @('/copy', '{current}', '/d', 'Windows (win7.vhd)'))) {
    if ($line -match '\{[0-9a-f-]+\}') { $new = $matches[0] }
}
if (-not $new) { Stop-Here 'bcdedit could not copy an entry. Nothing was changed.' }
Get-Lines @('/set', $new, 'device', 'vhd=[D:]\vhd\win7.vhd')
if ($LASTEXITCODE -ne 0) {
    Get-Lines @('/delete', $new, '/cleanup')
    Stop-Here 'bcdedit did not do it; the new entry is taken away again.'
}
Get-Lines @('/set', $new, 'osdevice', 'vhd=[D:]\vhd\win7.vhd')
if ($LASTEXITCODE -ne 0) {
    Get-Lines @('/delete', $new, '/cleanup')
    Stop-Here 'bcdedit did not do it; the new entry is taken away again.'
}
Get-Lines @('/set', $new, 'detecthal', 'on')
if ($LASTEXITCODE -ne 0) {
    Get-Lines @('/delete', $new, '/cleanup')
    Stop-Here 'bcdedit did not do it; the new entry is taken away again.'
}
Get-Lines @('/displayorder', $new, '/addlast')
if ($LASTEXITCODE -ne 0) {
    Get-Lines @('/delete', $new, '/cleanup')
    Stop-Here 'bcdedit did not do it; the new entry is taken away again.'
}
Get-Lines @('/enum', $new, '/v')
$at = ''
if ($file) { $at = '/store "' + $file + '" ' }
Write-Host ('To undo: bcdedit ' + $at + '/delete "' + $new + '" /cleanup')
exit 0
